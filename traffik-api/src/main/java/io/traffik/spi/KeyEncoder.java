package io.traffik.spi;

import io.traffik.ConfigurationException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;

/**
 * Encodes the parts of a bucket's key as one text of printable ASCII: bounded in length, and
 * different for different parts, whatever characters these contain.
 *
 * <pre>
 *   of              myapp|api|2001:db8::/64|^g^e^t+/users/&lt;id&gt;
 *   caseSensitive   myapp|api|2001:db8::/64|GET+/users/&lt;id&gt;
 *   too long        myapp|#9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
 * </pre>
 *
 * <p>A key is namespace, uid, identity and scope, separated by bars, which no encoded part
 * contains. Lower-case letters, digits and {@code - . : / @} stand for themselves, a space is
 * {@code +}, and braces are {@code < >}. Any other UTF-16 code unit is {@code ~} and two
 * hexadecimal digits, or {@code ~u} and four; single surrogates therefore stay different. A key
 * that would exceed {@value #MAX_LENGTH} characters contains the SHA-256 of uid, identity and scope
 * instead.
 *
 * <p>No key contains a character that is special in SQL's {@code LIKE}, in a glob, or in a Redis
 * Cluster hash tag. Immutable and safe for any number of threads.
 */
public final class KeyEncoder {

  /** The length of the longest key, in characters: the limit of memcached. */
  public static final int MAX_LENGTH = 250;

  private static final char SEPARATOR = '|';
  private static final char HASH_MARK = '#';
  private static final int HASH_LENGTH = 64;
  private static final int MAX_NAMESPACE_LENGTH = MAX_LENGTH - 2 - HASH_LENGTH;
  private static final HexFormat HEX = HexFormat.of();

  private final String prefix;
  private final boolean caseSensitive;

  private KeyEncoder(String namespace, boolean caseSensitive) {
    this.caseSensitive = caseSensitive;
    if (Objects.requireNonNull(namespace, "namespace must not be null").isBlank()) {
      throw new ConfigurationException("namespace must not be blank: \"" + namespace + "\"");
    }
    StringBuilder key = new StringBuilder();
    append(key, namespace, Integer.MAX_VALUE);
    if (key.length() > MAX_NAMESPACE_LENGTH) {
      throw new ConfigurationException(
          "namespace must take at most "
              + MAX_NAMESPACE_LENGTH
              + " characters in a key (special characters take up to 6): "
              + key.length()
              + " for \""
              + namespace
              + "\"");
    }
    this.prefix = key.append(SEPARATOR).toString();
  }

  /**
   * An encoder for any store, also for one that ignores case: {@code A} becomes {@code ^a}.
   *
   * @param namespace the namespace of all keys, not blank; at most 184 characters as encoded
   * @return the encoder
   * @throws ConfigurationException if the namespace is blank or too long
   */
  public static KeyEncoder of(String namespace) {
    return new KeyEncoder(namespace, false);
  }

  /**
   * An encoder for a store that distinguishes upper and lower case, where keys read better.
   *
   * @param namespace the namespace of all keys, not blank; at most 184 characters as encoded
   * @return the encoder
   * @throws ConfigurationException if the namespace is blank or too long
   */
  public static KeyEncoder caseSensitive(String namespace) {
    return new KeyEncoder(namespace, true);
  }

  /**
   * The prefix of all keys of the namespace, and of no other key.
   *
   * @return the encoded namespace and a separator
   */
  public String prefix() {
    return prefix;
  }

  /**
   * The key of a bucket. All rates of a policy share it.
   *
   * @param uid the uid of the policy, not null
   * @param identity the client, not null; may be empty
   * @param scope the scope, not null; may be empty
   * @return the key, at most {@link #MAX_LENGTH} characters
   */
  public String encode(String uid, String identity, String scope) {
    StringBuilder key = new StringBuilder(MAX_LENGTH).append(prefix);
    append(key, uid, MAX_LENGTH);
    append(key.append(SEPARATOR), identity, MAX_LENGTH);
    append(key.append(SEPARATOR), scope, MAX_LENGTH);
    return key.length() <= MAX_LENGTH
        ? key.toString()
        : prefix + HASH_MARK + HEX.formatHex(digest(uid, identity, scope));
  }

  /** Stops once the key is too long: an identity may be megabytes. */
  private void append(StringBuilder key, String part, int maxLength) {
    for (int i = 0; i < part.length() && key.length() <= maxLength; i++) {
      append(key, part.charAt(i));
    }
  }

  private void append(StringBuilder key, char unit) {
    if ((unit >= 'a' && unit <= 'z') || (unit >= '-' && unit <= ':') || unit == '@') {
      key.append(unit);
    } else if (unit >= 'A' && unit <= 'Z') {
      if (caseSensitive) {
        key.append(unit);
      } else {
        key.append('^').append((char) (unit - 'A' + 'a'));
      }
    } else if (unit == ' ') {
      key.append('+');
    } else if (unit == '{') {
      key.append('<');
    } else if (unit == '}') {
      key.append('>');
    } else if (unit <= 0xff) {
      key.append('~').append(HEX.toHexDigits((byte) unit));
    } else {
      key.append("~u").append(HEX.toHexDigits(unit));
    }
  }

  /**
   * Each part is preceded by its length; otherwise "ab", "c" and "a", "bc" would share a digest.
   */
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
