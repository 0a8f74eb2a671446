package io.traffik.tck.backend;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A bucket's key within a namespace, with texts that a faulty encoding would confuse. */
record BucketKey(String uid, String identity, String scope) {

  private static final String LONG = "x".repeat(10_000);

  /** With one character more before and after it, the longest uid that a throttle accepts. */
  private static final String LONG_UID = "x".repeat(158);

  /** Texts that must all be distinct. */
  private static final List<String> TEXTS =
      List.of(
          "",
          " ",
          "  ",
          "a",
          "a ",
          " a",
          "A",
          "\u00e4",
          // Looks the same, but has two characters.
          "a\u0308",
          "\u0000",
          "\u0000\u0000",
          "a\u0000",
          "\n",
          "\r\n",
          "a\nb",
          ":",
          "::",
          "a:b",
          "{",
          "}",
          "{}",
          "{a}",
          "{a}b",
          "/",
          "\\",
          "\\n",
          "*",
          "?",
          "[a]",
          "%",
          "_",
          "'",
          "\"",
          "null",
          "0",
          "-1",
          // Unpaired surrogates, and the characters that encoders replace them with.
          "\ud83d",
          "\ude00",
          "\ude00\ud83d",
          "\ud83d\ude00",
          "\ud83d\ude01",
          "\ufffd",
          // Equal to 'a' if an encoding drops the high byte or some of its bits.
          "\u0161",
          "\u0261",
          "\u8061",
          // Different texts with the same hash code.
          "Aa",
          "BB",
          LONG,
          LONG + "y",
          LONG + "z",
          "y" + LONG);

  /** Texts to split into the three parts of a key in every way. */
  private static final List<String> SPLIT =
      List.of("aaaaa", "a:b:c", "::::", "a|b/c", "1:a1:b", "3:a:b2", "a\0b\0c", "{a}{b}", "a\\:b");

  /** All keys to test with. */
  static Set<BucketKey> all() {
    Set<BucketKey> keys = new LinkedHashSet<>();
    for (String text : TEXTS) {
      keys.add(new BucketKey("api", text, ""));
      keys.add(new BucketKey("api", "", text));
      keys.add(new BucketKey("api", text, text));
      keys.add(new BucketKey("u" + text.replace(LONG, LONG_UID), "", ""));
      keys.add(new BucketKey("u", text, "s"));
    }
    for (String text : SPLIT) {
      for (int first = 1; first <= text.length(); first++) {
        for (int second = first; second <= text.length(); second++) {
          keys.add(
              new BucketKey(
                  text.substring(0, first), text.substring(first, second), text.substring(second)));
        }
      }
    }
    return keys;
  }

  /** Hits at a cost of 1, with new objects, because equal texts must be enough. */
  boolean hit(Backend backend, List<Rate> rates) {
    QuotaPolicy policy = QuotaPolicy.of(copy(uid), new ArrayList<>(rates));
    BackendCall call = new BackendCall(Operation.HIT, policy, copy(identity), copy(scope), 1);
    return call.isGranted(backend.decide(call));
  }

  private static String copy(String text) {
    return String.valueOf(text.toCharArray());
  }

  @Override
  public String toString() {
    return "("
        + FailureText.quoted(uid)
        + ", "
        + FailureText.quoted(identity)
        + ", "
        + FailureText.quoted(scope)
        + ")";
  }
}
