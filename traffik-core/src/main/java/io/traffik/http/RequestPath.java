package io.traffik.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Objects;

/**
 * Converts all spellings of a request path to one text, so that they share a bucket. Adapters use
 * it if their framework returns paths as the client spelled them.
 *
 * <p>Conversion never fails. Malformed percent-encoding stays as it is, and bytes that are not
 * UTF-8 become replacement characters.
 */
public final class RequestPath {

  private RequestPath() {}

  /**
   * Decodes a path once and removes {@code ;parameters} and empty segments. For frameworks that
   * treat {@code .} and {@code ..} as names.
   *
   * @param rawPath the path of a request target, without query; not null
   * @return the path; it starts with a slash, and only the root ends with one
   */
  public static String decode(String rawPath) {
    return join(segments(rawPath));
  }

  /**
   * Decodes a path like {@link #decode} and then resolves {@code .} and {@code ..}, as servlet
   * containers do. A path that leads above the root becomes relative to the root.
   *
   * @param rawPath the path of a request target, without query; not null
   * @return the path; it starts with a slash, and only the root ends with one
   */
  public static String normalize(String rawPath) {
    Deque<String> resolved = new ArrayDeque<>();
    for (String segment : segments(rawPath)) {
      switch (segment) {
        case "." -> {}
        case ".." -> resolved.pollLast();
        default -> resolved.addLast(segment);
      }
    }
    return join(resolved);
  }

  private static List<String> segments(String rawPath) {
    List<String> segments = new ArrayList<>();
    for (String segment :
        decodeBytes(Objects.requireNonNull(rawPath, "rawPath must not be null")).split("/", -1)) {
      if (!segment.isEmpty()) {
        segments.add(segment);
      }
    }
    return segments;
  }

  private static String join(Collection<String> segments) {
    return "/" + String.join("/", segments);
  }

  private static String decodeBytes(String rawPath) {
    byte[] raw = rawPath.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream decoded = new ByteArrayOutputStream(raw.length);
    boolean inParameters = false;
    for (int i = 0; i < raw.length; i++) {
      inParameters = raw[i] == ';' || (inParameters && raw[i] != '/');
      if (inParameters) {
        continue;
      }
      int value = raw[i] == '%' ? percentDecoded(raw, i) : -1;
      decoded.write(value < 0 ? raw[i] : value);
      i += value < 0 ? 0 : 2;
    }
    return decoded.toString(StandardCharsets.UTF_8);
  }

  /** The byte that the two digits after a percent sign encode, or -1 if they are no hex digits. */
  private static int percentDecoded(byte[] raw, int percent) {
    if (percent + 2 >= raw.length) {
      return -1;
    }
    int high = Character.digit(raw[percent + 1], 16);
    int low = Character.digit(raw[percent + 2], 16);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
  }
}
