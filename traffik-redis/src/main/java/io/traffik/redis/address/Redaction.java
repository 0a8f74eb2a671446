package io.traffik.redis.address;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Removes user names and passwords of URIs from the messages of clients and servers. A server may
 * quote the commands that it rejects, cut off anywhere. So every three consecutive characters of a
 * password are removed, and a user name as a whole. Immutable.
 */
public final class Redaction {

  /** Removes nothing: a client of the user has no URI here. */
  public static final Redaction NONE = new Redaction(List.of(), List.of());

  /** Shorter parts occur in any text by chance. */
  private static final int MIN_PART = 3;

  private static final String MASK = "***";

  /** A chain of exceptions may be circular. */
  private static final int MAX_DEPTH = 20;

  private final List<String> passwords;
  private final List<String> names;

  private Redaction(List<String> passwords, List<String> names) {
    this.passwords = passwords;
    this.names = names;
  }

  /** Removes the user information of some URIs. */
  public static Redaction of(List<RedisAddress> addresses) {
    List<String> passwords = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (RedisAddress address : addresses) {
      String written = address.userInformation();
      int colon = written.indexOf(':');
      add(passwords, address.password(), written.substring(colon + 1));
      add(names, address.user(), written.substring(0, Math.max(0, colon)));
    }
    return new Redaction(passwords, names);
  }

  private static void add(List<String> parts, @Nullable String decoded, String written) {
    String text = decoded == null ? "" : decoded;
    Stream.of(text, written, bytesAsCharacters(text, 0xff), bytesAsCharacters(text, 0xffff))
        .filter(part -> part.length() >= MIN_PART && !parts.contains(part))
        .forEach(parts::add);
  }

  /** A text as clients show it that do not decode errors: each byte is a character. */
  private static String bytesAsCharacters(String text, int mask) {
    StringBuilder characters = new StringBuilder();
    for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
      characters.append((char) (each & mask));
    }
    return characters.toString();
  }

  /** The text without user information. */
  public String apply(String text) {
    boolean[] masked = new boolean[text.length()];
    boolean found = false;
    for (String password : passwords) {
      for (int i = 0; i + MIN_PART <= text.length(); i++) {
        if (password.contains(text.substring(i, i + MIN_PART))) {
          found = mask(masked, i, MIN_PART);
        }
      }
    }
    for (String name : names) {
      for (int i = text.indexOf(name); i >= 0; i = text.indexOf(name, i + 1)) {
        found = mask(masked, i, name.length());
      }
    }
    return found ? masked(text, masked) : text;
  }

  private static boolean mask(boolean[] masked, int start, int length) {
    for (int i = start; i < start + length; i++) {
      masked[i] = true;
    }
    return true;
  }

  private static String masked(String text, boolean[] masked) {
    StringBuilder result = new StringBuilder();
    for (int i = 0; i < masked.length; i++) {
      if (!masked[i]) {
        result.append(text.charAt(i));
      } else if (i == 0 || !masked[i - 1]) {
        result.append(MASK);
      }
    }
    return result.toString();
  }

  /**
   * The exception itself if no message of it, its causes and its suppressed exceptions contains
   * user information; otherwise a copy without it.
   */
  public Throwable apply(Throwable thrown) {
    boolean clean = (passwords.isEmpty() && names.isEmpty()) || isClean(thrown, 0);
    return clean ? thrown : copy(thrown, 0);
  }

  private boolean isClean(Throwable thrown, int depth) {
    String text = String.valueOf(thrown);
    if (depth > MAX_DEPTH || !apply(text).equals(text)) {
      return false;
    }
    for (Throwable suppressed : thrown.getSuppressed()) {
      if (!isClean(suppressed, depth + 1)) {
        return false;
      }
    }
    return thrown.getCause() == null || isClean(thrown.getCause(), depth + 1);
  }

  private Throwable copy(Throwable thrown, int depth) {
    Throwable cause = depth < MAX_DEPTH ? thrown.getCause() : null;
    RedactedException copy =
        new RedactedException(
            thrown.getClass().getName() + ": " + apply(String.valueOf(thrown.getMessage())),
            cause == null ? null : copy(cause, depth + 1));
    copy.setStackTrace(thrown.getStackTrace());
    for (Throwable suppressed : depth < MAX_DEPTH ? thrown.getSuppressed() : new Throwable[0]) {
      copy.addSuppressed(copy(suppressed, depth + 1));
    }
    return copy;
  }

  /** A copy of another exception, of which the message begins with its class. */
  static final class RedactedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    RedactedException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }
}
