package io.traffik.http;

import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Drops or cleans header fields of a user's handler that would split or break the response. */
final class HeaderSanitizer {

  /**
   * Fields that only the server may send. They describe the message or the connection (RFC 9110,
   * section 7.6.1; RFC 9112, section 6), or an encoding that the body does not have.
   */
  private static final Set<String> RESERVED =
      Set.of(
          "connection",
          "content-encoding",
          "content-length",
          "keep-alive",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private HeaderSanitizer() {}

  /** Copies the safe fields, with unsafe characters of their values replaced. */
  static void copy(Map<String, String> untrusted, Map<String, String> headers) {
    untrusted.forEach(
        (name, value) -> {
          if (isToken(name) && !RESERVED.contains(name.toLowerCase(Locale.ROOT))) {
            headers.put(name, value.replaceAll("[^\\x20-\\x7e]", "?"));
          }
        });
  }

  private static boolean isToken(String name) {
    return !name.isEmpty() && name.chars().allMatch(HeaderSanitizer::isTokenCharacter);
  }

  /** RFC 9110, section 5.6.2. */
  private static boolean isTokenCharacter(int c) {
    return c < 128 && (Character.isLetterOrDigit(c) || "!#$%&'*+-.^_`|~".indexOf(c) >= 0);
  }
}
