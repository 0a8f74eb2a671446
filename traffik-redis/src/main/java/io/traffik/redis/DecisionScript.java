package io.traffik.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The script that decides, and the digest by which servers know it. */
final class DecisionScript {

  /** What is sent where the digest is not known; sending it makes it so. */
  static final String TEXT = text();

  /** SHA-1 of the text in lower-case hexadecimal digits. */
  static final String DIGEST =
      HexFormat.of().formatHex(digest("SHA-1", TEXT.getBytes(StandardCharsets.UTF_8)));

  private DecisionScript() {}

  private static String text() {
    try (InputStream script = DecisionScript.class.getResourceAsStream("decide.lua")) {
      if (script == null) {
        throw new IllegalStateException("decide.lua must lie beside the classes of this package");
      }
      return new String(script.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] digest(String algorithm, byte[] bytes) {
    try {
      return MessageDigest.getInstance(algorithm).digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform must have " + algorithm, e);
    }
  }
}
