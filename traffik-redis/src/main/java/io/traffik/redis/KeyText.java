package io.traffik.redis;

import io.traffik.ConfigurationException;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.HexFormat;

/**
 * Writes keys so that different ones differ, and nobody but Traffik finds a meaning in them.
 *
 * <pre>
 *   myapp|api|2001:db8::/64|GET+/users/&lt;id&gt;
 *   myapp|api|#n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg|GET+/users/&lt;id&gt;
 * </pre>
 *
 * <p>A key is namespace, uid, identity and scope with bars between, which occur in none of them as
 * it is written. Letters, digits and {@code - . _ : / @} stand for themselves, a space is {@code
 * +}, braces are {@code < >} (in a cluster, braces would send all keys of a route to one slot), and
 * any other UTF-16 code unit is {@code %} and two hexadecimal digits, or {@code %u} and four: code
 * units, so that unpaired surrogates differ. So no key holds a character that means something in
 * the pattern of {@code SCAN}. A part that would be longer than 64 characters goes in as its
 * SHA-256 behind {@code #}.
 */
final class KeyText {

  private static final int LONGEST_PART = 64;
  private static final int LONGEST_NAMESPACE = 128;

  private static final char BETWEEN = '|';
  private static final HexFormat HEX = HexFormat.of();

  private final String prefix;

  /**
   * Keys of a namespace.
   *
   * @throws ConfigurationException if it is blank or too long
   */
  KeyText(String namespace) {
    if (namespace.isBlank()) {
      throw new ConfigurationException("namespace must not be blank: \"" + namespace + "\"");
    }
    StringBuilder text = new StringBuilder();
    escape(text, namespace, Integer.MAX_VALUE);
    if (text.length() > LONGEST_NAMESPACE) {
      throw new ConfigurationException(
          "namespace must take at most "
              + LONGEST_NAMESPACE
              + " characters in a key (a special character takes 3 or 6): "
              + text.length()
              + " for \""
              + namespace
              + "\"");
    }
    this.prefix = text.append(BETWEEN).toString();
  }

  /** What all keys of the namespace begin with, and no others. */
  String prefix() {
    return prefix;
  }

  /** What all keys of a throttle begin with. */
  String prefix(String uid) {
    StringBuilder text = new StringBuilder(prefix);
    append(text, uid);
    return text.append(BETWEEN).toString();
  }

  /** A key behind a throttle's prefix. */
  static String of(String prefix, String identity, String scope) {
    StringBuilder text =
        new StringBuilder(prefix.length() + identity.length() + scope.length() + 8).append(prefix);
    append(text, identity);
    append(text.append(BETWEEN), scope);
    return text.toString();
  }

  private static void append(StringBuilder text, String part) {
    int start = text.length();
    escape(text, part, start + LONGEST_PART);
    if (text.length() > start + LONGEST_PART) {
      ByteBuffer units = ByteBuffer.allocate(part.length() * Character.BYTES);
      units.asCharBuffer().put(part);
      text.setLength(start);
      text.append('#')
          .append(
              Base64.getUrlEncoder()
                  .withoutPadding()
                  .encodeToString(DecisionScript.digest("SHA-256", units.array())));
    }
  }

  /** Appends a part as it is written, or enough of it to see that the text is too long. */
  private static void escape(StringBuilder text, String part, int enough) {
    for (int i = 0; i < part.length() && text.length() <= enough; i++) {
      escape(text, part.charAt(i));
    }
  }

  private static void escape(StringBuilder text, char unit) {
    if ((unit >= 'a' && unit <= 'z')
        || (unit >= 'A' && unit <= 'Z')
        || (unit >= '-' && unit <= ':')
        || unit == '_'
        || unit == '@') {
      text.append(unit);
    } else if (unit == ' ') {
      text.append('+');
    } else if (unit == '{') {
      text.append('<');
    } else if (unit == '}') {
      text.append('>');
    } else if (unit <= 0xff) {
      text.append('%').append(HEX.toHexDigits((byte) unit));
    } else {
      text.append("%u").append(HEX.toHexDigits(unit));
    }
  }
}
