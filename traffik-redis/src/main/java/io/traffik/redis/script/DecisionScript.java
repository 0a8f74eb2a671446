package io.traffik.redis.script;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The source of the decision script, and the digest by which servers cache it. */
public final class DecisionScript {

  /** The source, for {@code EVAL}. A server that has run it accepts the digest afterwards. */
  public static final String TEXT = load();

  /** The SHA-1 of the source in lower-case hexadecimal digits, for {@code EVALSHA}. */
  public static final String DIGEST = sha1(TEXT);

  private DecisionScript() {}

  private static String load() {
    try (InputStream script = DecisionScript.class.getResourceAsStream("decide.lua")) {
      if (script == null) {
        throw new IllegalStateException(
            "Missing resource: io/traffik/redis/script/decide.lua. Check how the JAR was repackaged.");
      }
      return new String(script.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sha1(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-1");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform must have SHA-1", e);
    }
  }
}
