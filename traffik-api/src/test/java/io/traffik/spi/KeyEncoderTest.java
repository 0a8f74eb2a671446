package io.traffik.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.traffik.ConfigurationException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class KeyEncoderTest {

  private record Tuple(String namespace, String uid, String identity, String scope) {

    String key() {
      return KeyEncoder.of(namespace).encode(uid, identity, scope);
    }
  }

  /** Texts of few different characters, so that equal and similar texts are frequent. */
  private static Arbitrary<String> confusable() {
    return Arbitraries.strings()
        .withChars('a', 'b', 'A', ':', '/', '|', '\0', ' ', '{', '<', '~', '^', '#')
        // Two characters that differ from the first two only in the high byte, and surrogates.
        .withChars('\u0161', '\u0162', '\ud83d', '\ude00', '\ufffd', '?')
        .ofMinLength(0)
        .ofMaxLength(17);
  }

  @Provide
  Arbitrary<Tuple> tuples() {
    Arbitrary<String> names = confusable().filter(name -> !name.isBlank());
    Arbitrary<String> parts =
        Arbitraries.oneOf(
            confusable(),
            Arbitraries.strings().ofMaxLength(8),
            confusable().map(text -> text.repeat(20)));
    return Combinators.combine(names, parts, parts, parts).as(Tuple::new);
  }

  @Property
  void k1_differentTuplesHaveDifferentKeysIgnoringCase(
      @ForAll("tuples") Tuple one, @ForAll("tuples") Tuple other) {
    assertThat(one.key().equalsIgnoreCase(other.key())).isEqualTo(one.equals(other));
  }

  /** Both tuples contain the same characters, split at different positions. */
  @Property
  void k1_tuplesWithEqualConcatenationsHaveDifferentKeys(
      @ForAll("tuples") Tuple joined, @ForAll int a, @ForAll int b, @ForAll int c, @ForAll int d) {
    String text = "u" + joined.uid() + joined.identity() + joined.scope();
    Tuple one = cut(text, a, b);
    Tuple other = cut(text, c, d);
    assertThat(one.key().equals(other.key())).isEqualTo(one.equals(other));
  }

  private static Tuple cut(String text, int a, int b) {
    int first = Math.floorMod(a, text.length() + 1);
    int second = first + Math.floorMod(b, text.length() - first + 1);
    return new Tuple(
        "app", text.substring(0, first), text.substring(first, second), text.substring(second));
  }

  /** One bit of one character differs, in short and in long texts. */
  @Property
  void k1_everyBitOfACharacterChangesTheKey(
      @ForAll("tuples") Tuple tuple, @ForAll int place, @ForAll("bits") int bit) {
    String text = tuple.identity() + 'x';
    int index = Math.floorMod(place, text.length());
    char flipped = (char) (text.charAt(index) ^ (1 << bit));
    String changed = text.substring(0, index) + flipped + text.substring(index + 1);
    KeyEncoder keys = KeyEncoder.of("app");
    assertThat(keys.encode("api", text, "")).isNotEqualTo(keys.encode("api", changed, ""));
    assertThat(keys.encode("api", "", text)).isNotEqualTo(keys.encode("api", "", changed));
  }

  @Provide
  Arbitrary<Integer> bits() {
    return Arbitraries.integers().between(0, Character.SIZE - 1);
  }

  @Property
  void k5_keysArePrintableBoundedAndBeginWithTheNamespace(@ForAll("tuples") Tuple tuple) {
    String key = tuple.key();
    assertThat(key).hasSizeLessThanOrEqualTo(250).matches("[!-~]+");
    assertThat(key).startsWith(KeyEncoder.of(tuple.namespace()).prefix());
    assertThat(key).isEqualTo(key.toLowerCase(Locale.ROOT));
    assertThat(key).doesNotContain("%", "_", "*", "?", "[", "]", "{", "}", "\\", " ");
  }

  @Property
  void l2_noKeyBeginsWithThePrefixOfAnotherNamespace(
      @ForAll("tuples") Tuple one, @ForAll("tuples") Tuple other) {
    assertThat(one.key().startsWith(KeyEncoder.of(other.namespace()).prefix()))
        .isEqualTo(one.namespace().equals(other.namespace()));
  }

  @Example
  void k5_typicalKeysAreReadable() {
    KeyEncoder keys = KeyEncoder.of("myapp");
    assertThat(keys.encode("api", "2001:db8::/64", "GET /users/{id}"))
        .isEqualTo("myapp|api|2001:db8::/64|^g^e^t+/users/<id>");
    assertThat(keys.encode("log_in", "Zoë|\ud83d", ""))
        .isEqualTo("myapp|log~5fin|^zo~eb~7c~ud83d|");
  }

  @Example
  void k5_longKeysAreHashed() {
    KeyEncoder keys = KeyEncoder.of("app");
    String longest = "x".repeat(250 - "app|api||".length());
    assertThat(keys.encode("api", longest, "")).hasSize(250).startsWith("app|api|xxx");
    String longer = keys.encode("api", longest + "x", "");
    assertThat(longer).hasSize("app|#".length() + 64).matches("app\\|#[0-9a-f]{64}");
    // Computed with Python: SHA-256 over a 4-byte length and UTF-16BE, for each of the three parts.
    assertThat(longer).endsWith("8a313533e2015ac3885ea6665268688e6d43169b68a5e40f9b7ff24a3983f499");
    assertThat(keys.encode("api", "x".repeat(10_000_000), "")).hasSize(longer.length());
  }

  @Example
  void k1_separatorsSurrogatesAndEscapesStayDistinct() {
    Tuple[] tuples = {
      new Tuple("app", "a:b", "c", ""),
      new Tuple("app", "a", "b:c", ""),
      new Tuple("app", "a|b", "c", ""),
      new Tuple("app", "a", "b|c", ""),
      new Tuple("app", "a", "b", "c"),
      new Tuple("app", "a", "", "bc"),
      new Tuple("app", "a", "\ud83d", ""),
      new Tuple("app", "a", "\ude00", ""),
      new Tuple("app", "a", "?", ""),
      new Tuple("app", "a", "\ufffd", ""),
      new Tuple("app", "a", "~3f", ""),
      new Tuple("app", "a", "~ud83d", ""),
      new Tuple("app", "a", "^g", ""),
      new Tuple("app", "a", "G", ""),
      new Tuple("app", "a", "g", ""),
      new Tuple("app", "a", " ", ""),
      new Tuple("app", "a", "+", ""),
      new Tuple("app|a", "", "", ""),
      new Tuple("app", "a", "", ""),
      new Tuple("app", "a", "\0", ""),
      new Tuple("app", "#" + "0".repeat(64), "", ""),
    };
    assertThat(Arrays.stream(tuples).map(tuple -> tuple.key().toLowerCase(Locale.ROOT)))
        .doesNotHaveDuplicates();
  }

  @Example
  void k5_namespaceLengthIsLimited() {
    String longest = "n".repeat(184);
    assertThatCode(() -> KeyEncoder.of(longest)).doesNotThrowAnyException();
    assertThat(KeyEncoder.of(longest).encode("u", "i".repeat(1_000), "")).hasSize(250);
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> KeyEncoder.of(longest + "n"))
        .withMessageStartingWith(
            "namespace must take at most 184 characters in a key (special characters take up to 6):"
                + " 185 for \"nnn");
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> KeyEncoder.of(" "))
        .withMessage("namespace must not be blank: \" \"");
  }

  @Example
  void k1_everyCodeUnitHasADifferentEncoding() {
    KeyEncoder keys = KeyEncoder.of("app");
    assertThat(
            IntStream.rangeClosed(0, Character.MAX_VALUE)
                .mapToObj(unit -> keys.encode("", String.valueOf((char) unit), "")))
        .doesNotHaveDuplicates();
  }

  @Property
  void k1_k5_caseSensitiveKeysDifferAndArePrintable(
      @ForAll("tuples") Tuple one, @ForAll("tuples") Tuple other) {
    String key = caseSensitive(one);
    assertThat(key.equals(caseSensitive(other))).isEqualTo(one.equals(other));
    assertThat(key).hasSizeLessThanOrEqualTo(250).matches("[!-~]+");
    assertThat(key).startsWith(KeyEncoder.caseSensitive(one.namespace()).prefix());
    assertThat(key).doesNotContain("%", "_", "*", "?", "[", "]", "{", "}", "\\", " ");
  }

  private static String caseSensitive(Tuple tuple) {
    return KeyEncoder.caseSensitive(tuple.namespace())
        .encode(tuple.uid(), tuple.identity(), tuple.scope());
  }

  @Example
  void k5_caseSensitiveKeysContainUpperCase() {
    assertThat(KeyEncoder.caseSensitive("App").encode("api", "2001:db8::/64", "GET /users/{id}"))
        .isEqualTo("App|api|2001:db8::/64|GET+/users/<id>");
  }
}
