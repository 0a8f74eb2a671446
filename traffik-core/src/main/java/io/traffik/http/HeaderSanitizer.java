package io.traffik.http;

import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Keeps what a user's handler put into an exception from splitting or breaking the response. */
final class HeaderSanitizer {

  /**
   * Of the message and the connection (RFC 9110, section 7.6.1; RFC 9112, section 6), or of an
   * encoding that the body has not: the server's to send.
   */
  private static final Set<String> OF_THE_SERVER =
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

  static void put(Map<String, String> thrown, Map<String, String> headers) {
    thrown.forEach(
        (name, value) -> {
          if (isToken(name) && !OF_THE_SERVER.contains(name.toLowerCase(Locale.ROOT))) {
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
