package io.traffik.store;

import io.traffik.ConfigurationException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Writes keys so that different ones differ in every store.
 *
 * <pre>
 *   myapp|api|2001:db8::/64|^g^e^t+/users/{id}
 *   myapp|#9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
 * </pre>
 *
 * <p>A key is namespace, uid, identity and scope with bars between, which occur in none of them as
 * it is written. Lower-case letters, digits and {@code - . : / @ { }} stand for themselves, an
 * upper-case letter is its lower-case one behind {@code ^}, a space is {@code +}, and any other
 * UTF-16 code unit is {@code ~} and two hexadecimal digits, or {@code ~u} and four: code units, so
 * that unpaired surrogates differ. What would be too long goes in as its SHA-256 behind {@code #}.
 *
 * <p>So keys are printable ASCII, stay different in a store that ignores case, and hold nothing
 * that means more than itself in SQL's {@code LIKE} or in a glob.
 */
final class KeyText {

  /** The longest key; what memcached takes. */
  static final int LONGEST = 250;

  private static final char BETWEEN = '|';
  private static final char HASHED = '#';
  private static final int HASH_LENGTH = 64;
  private static final int LONGEST_NAMESPACE = LONGEST - 2 - HASH_LENGTH;
  private static final HexFormat HEX = HexFormat.of();

  private final String prefix;

  /**
   * Keys of a namespace.
   *
   * @throws ConfigurationException if it is blank or too long
   */
  KeyText(String namespace) {
    if (namespace.isBlank()) {
      throw new ConfigurationException("namespace must not be empty: \"" + namespace + "\"");
    }
    StringBuilder text = new StringBuilder();
    append(text, namespace, Integer.MAX_VALUE);
    if (text.length() > LONGEST_NAMESPACE) {
      throw new ConfigurationException(
          "namespace must take at most "
              + LONGEST_NAMESPACE
              + " characters in a key (a capital takes 2, a special character 3 or 6): "
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

  String of(String uid, String identity, String scope) {
    StringBuilder text = new StringBuilder(LONGEST).append(prefix);
    append(text, uid, LONGEST);
    append(text.append(BETWEEN), identity, LONGEST);
    append(text.append(BETWEEN), scope, LONGEST);
    return text.length() <= LONGEST
        ? text.toString()
        : prefix + HASHED + HEX.formatHex(digest(uid, identity, scope));
  }

  /** Appends a part as it is written, or enough of it to see that it is too long. */
  private static void append(StringBuilder text, String part, int enough) {
    for (int i = 0; i < part.length() && text.length() <= enough; i++) {
      append(text, part.charAt(i));
    }
  }

  private static void append(StringBuilder text, char unit) {
    if ((unit >= 'a' && unit <= 'z')
        || (unit >= '0' && unit <= '9')
        || "-.:/@{}".indexOf(unit) >= 0) {
      text.append(unit);
    } else if (unit >= 'A' && unit <= 'Z') {
      text.append('^').append((char) (unit - 'A' + 'a'));
    } else if (unit == ' ') {
      text.append('+');
    } else if (unit <= 0xff) {
      text.append('~').append(HEX.toHexDigits((byte) unit));
    } else {
      text.append("~u").append(HEX.toHexDigits(unit));
    }
  }

  /** Over each part as its length and its code units, so that parts cannot be cut in two ways. */
  private static byte[] digest(String... parts) {
    MessageDigest digest = sha256();
    for (String part : parts) {
      ByteBuffer units = ByteBuffer.allocate(Integer.BYTES + part.length() * Character.BYTES);
      units.putInt(part.length());
      units.asCharBuffer().put(part);
      digest.update(units.array());
    }
    return digest.digest();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform must have SHA-256", e);
    }
  }
}
