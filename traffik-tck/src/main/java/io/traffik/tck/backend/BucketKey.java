package io.traffik.tck.backend;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.Margin;
import io.traffik.spi.QuotaPolicy;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What a bucket is found by within a namespace, in texts that a careless key would confuse. */
record BucketKey(String uid, String identity, String scope) {

  private static final String LONG = "x".repeat(10_000);

  /** Texts of which no two may be taken for the same. */
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
          // The same to the eye, composed of two.
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
          // Surrogates without their other half, and what encoders put in their place.
          "\ud83d",
          "\ude00",
          "\ude00\ud83d",
          "\ud83d\ude00",
          "\ud83d\ude01",
          "\ufffd",
          // Differ from an 'a' in the high byte alone, or in a bit that a byte does not have.
          "\u0161",
          "\u0261",
          "\u8061",
          // Different texts of one hash code.
          "Aa",
          "BB",
          LONG,
          LONG + "y",
          LONG + "z",
          "y" + LONG);

  /** Texts to be cut into the three parts of a key in every way. */
  private static final List<String> CUT =
      List.of("aaaaa", "a:b:c", "::::", "a|b/c", "1:a1:b", "3:a:b2", "a\0b\0c", "{a}{b}", "a\\:b");

  /** Very many different keys. */
  static Set<BucketKey> all() {
    Set<BucketKey> tuples = new LinkedHashSet<>();
    for (String text : TEXTS) {
      tuples.add(new BucketKey("api", text, ""));
      tuples.add(new BucketKey("api", "", text));
      tuples.add(new BucketKey("api", text, text));
      tuples.add(new BucketKey("u" + text, "", ""));
      tuples.add(new BucketKey("u", text, "s"));
    }
    for (String text : CUT) {
      for (int first = 1; first <= text.length(); first++) {
        for (int second = first; second <= text.length(); second++) {
          tuples.add(
              new BucketKey(
                  text.substring(0, first), text.substring(first, second), text.substring(second)));
        }
      }
    }
    return tuples;
  }

  /** Asks for a token by these names, with new objects each time: equal texts are enough. */
  boolean hit(Backend backend, List<Rate> rates) {
    QuotaPolicy policy = QuotaPolicy.of(copy(uid), new ArrayList<>(rates));
    return Margin.areGranted(backend.decide(Operation.HIT, policy, copy(identity), copy(scope), 1));
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
