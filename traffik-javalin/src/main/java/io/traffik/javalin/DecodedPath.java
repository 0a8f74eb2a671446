package io.traffik.javalin;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Decodes request paths, which Javalin hands on as the client spelled them. Never fails: what is
 * not percent-encoding stays as it is, and bytes that are not UTF-8 become replacement characters.
 */
final class DecodedPath {

  private DecodedPath() {}

  /** The path decoded once, without {@code ;parameters} and empty segments. */
  static String of(String rawPath) {
    StringBuilder kept = new StringBuilder(rawPath.length() + 1);
    for (String segment : decode(rawPath).split("/", -1)) {
      if (!segment.isEmpty()) {
        kept.append('/').append(segment);
      }
    }
    return kept.isEmpty() ? "/" : kept.toString();
  }

  private static String decode(String rawPath) {
    byte[] raw = rawPath.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream decoded = new ByteArrayOutputStream(raw.length);
    boolean inParameters = false;
    for (int i = 0; i < raw.length; i++) {
      inParameters = raw[i] == ';' || (inParameters && raw[i] != '/');
      if (inParameters) {
        continue;
      }
      int value = raw[i] == '%' ? escaped(raw, i) : -1;
      decoded.write(value < 0 ? raw[i] : value);
      i += value < 0 ? 0 : 2;
    }
    return decoded.toString(StandardCharsets.UTF_8);
  }

  /** The byte that two hexadecimal digits behind a percent sign stand for, or -1. */
  private static int escaped(byte[] raw, int percent) {
    if (percent + 2 >= raw.length) {
      return -1;
    }
    int high = Character.digit(raw[percent + 1], 16);
    int low = Character.digit(raw[percent + 2], 16);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
  }
}
