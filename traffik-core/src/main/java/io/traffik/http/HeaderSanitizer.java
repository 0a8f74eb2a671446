package io.traffik.http;

import static java.lang.String.CASE_INSENSITIVE_ORDER;

import java.util.Collections;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** Drops or cleans header fields of a user's handler that would split or break the response. */
final class HeaderSanitizer {

  /**
   * Fields that only the server may send. They describe the message or the connection (RFC 9110,
   * section 7.6.1; RFC 9112, section 6), or an encoding that the body does not have.
   */
  private static final SortedSet<String> RESERVED = new TreeSet<>(CASE_INSENSITIVE_ORDER);

  static {
    Collections.addAll(
        RESERVED,
        "Connection",
        "Content-Encoding",
        "Content-Length",
        "Keep-Alive",
        "Proxy-Connection",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade");
  }

  private HeaderSanitizer() {}

  /** Copies the safe fields, with unsafe characters of their values replaced. */
  static void copy(Map<String, String> untrusted, Map<String, String> headers) {
    untrusted.forEach(
        (name, value) -> {
          if (isToken(name) && !RESERVED.contains(name)) {
            headers.put(name, isPrintable(value) ? value : value.replaceAll("[^ -~]", "?"));
          }
        });
  }

  private static boolean isToken(String name) {
    for (int i = 0; i < name.length(); i++) {
      if (!isTokenCharacter(name.charAt(i))) {
        return false;
      }
    }
    return !name.isEmpty();
  }

  private static boolean isPrintable(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < ' ' || c > '~') {
        return false;
      }
    }
    return true;
  }

  /** RFC 9110, section 5.6.2. */
  private static boolean isTokenCharacter(int c) {
    return c < 128 && (Character.isLetterOrDigit(c) || "!#$%&'*+-.^_`|~".indexOf(c) >= 0);
  }
}
