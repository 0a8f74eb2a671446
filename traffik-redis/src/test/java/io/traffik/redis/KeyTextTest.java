package io.traffik.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.traffik.ConfigurationException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

final class KeyTextTest {

  private static final int LONGEST = 128 + 3 + 3 * 64;

  private final KeyText keys = new KeyText("app");

  private String key(String uid, String identity, String scope) {
    return KeyText.of(keys.prefix(uid), identity, scope);
  }

  @Test
  void k5_keysReadAsWhatTheyAreFor() {
    assertThat(key("api", "2001:db8::/64", "GET /users/{id}"))
        .isEqualTo("app|api|2001:db8::/64|GET+/users/<id>");
  }

  @Property
  void k5_keysArePrintableBoundedAndBeginWithTheNamespace(
      @ForAll String uid, @ForAll String identity, @ForAll String scope) {
    String key = key(uid, identity, scope);
    assertThat(key).startsWith("app|").matches("[!-~]+").hasSizeLessThanOrEqualTo(LONGEST);
  }

  @Property
  void s1_keysHoldNothingThatMeansSomethingToAClusterOrToScan(
      @ForAll String identity, @ForAll String scope) {
    assertThat(key("{*}[?]\\", identity, scope)).doesNotContainPattern("[{}*?\\[\\]\\\\]");
  }

  @Property
  void k1_differentPartsMakeDifferentKeys(
      @ForAll String one, @ForAll String other, @ForAll String third) {
    Map<List<String>, String> known = new HashMap<>();
    for (List<String> tuple :
        List.of(
            List.of(one, other, third),
            List.of(other, one, third),
            List.of(one + "|" + other, third, ""),
            List.of(one, other + "|" + third, ""),
            List.of(one, "", other + third),
            List.of("", one + other, third))) {
      String key = key(tuple.get(0), tuple.get(1), tuple.get(2));
      known.forEach((parts, text) -> assertThat(text.equals(key)).isEqualTo(parts.equals(tuple)));
      known.put(tuple, key);
    }
  }

  @Test
  void k1_whatIsEscapedIsNoOtherText() {
    List<String> alike =
        List.of(" ", "+", "%20", "{", "<", "%3c", "|", "%7c", "\u00e9", "%e9", "\u20ac", "%u20ac");
    assertThat(alike.stream().map(text -> key("api", text, "")).distinct()).hasSize(alike.size());
    assertThat(key("api", "\ud800", "")).isNotEqualTo(key("api", "?", ""));
    assertThat(key("api", "\ud800", "")).isNotEqualTo(key("api", "\ud801", ""));
  }

  @Test
  void k5_longPartsAreHashedAndShortOnesAreNot() {
    String longest = "x".repeat(64);
    assertThat(key("api", longest, "")).isEqualTo("app|api|" + longest + "|");
    assertThat(key("api", longest + "x", "here")).matches("app\\|api\\|#[\\w-]{43}\\|here");
    assertThat(key("api", longest + "x", "")).isNotEqualTo(key("api", longest + "y", ""));
    String hashed = key("api", longest + "x", "").substring("app|api|".length()).replace("|", "");
    assertThat(key("api", hashed, "")).isNotEqualTo(key("api", longest + "x", ""));
  }

  @Test
  void k4_noNamespacesKeysBeginAsAnothersDo() {
    String other = KeyText.of(new KeyText("appX").prefix("api"), "id", "");
    assertThat(other).doesNotStartWith(keys.prefix());
    assertThat(KeyText.of(new KeyText("app|X").prefix("api"), "id", ""))
        .doesNotStartWith(keys.prefix());
  }

  @Test
  void l1_aNamespaceThatIsBlankOrTooLongIsRefused() {
    assertThatThrownBy(() -> RedisBackend.lettuce(" "))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("namespace must not be blank: \" \"");
    assertThatThrownBy(() -> RedisBackend.jedis("*".repeat(43)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("namespace must take at most 128 characters in a key")
        .hasMessageContaining(": 129 for \"***");
  }
}
