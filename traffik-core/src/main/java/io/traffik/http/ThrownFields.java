package io.traffik.http;

import java.util.Map;

/** Keeps what a user's handler put into an exception from splitting or breaking the response. */
final class ThrownFields {

  private ThrownFields() {}

  static void put(Map<String, String> thrown, Map<String, String> headers) {
    thrown.forEach(
        (name, value) -> {
          if (isToken(name)) {
            headers.put(name, value.replaceAll("[^\\x20-\\x7e]", "?"));
          }
        });
  }

  private static boolean isToken(String name) {
    return !name.isEmpty() && name.chars().allMatch(ThrownFields::isTokenCharacter);
  }

  /** RFC 9110, section 5.6.2. */
  private static boolean isTokenCharacter(int c) {
    return c < 128 && (Character.isLetterOrDigit(c) || "!#$%&'*+-.^_`|~".indexOf(c) >= 0);
  }
}
