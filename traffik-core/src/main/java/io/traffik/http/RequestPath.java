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
 * One text for all spellings of a request path, for adapters whose framework hands paths on as the
 * client spelled them. Never fails: what is not percent-encoding stays as it is, and bytes that are
 * not UTF-8 become replacement characters.
 */
public final class RequestPath {

  private RequestPath() {}

  /**
   * A path decoded once, without {@code ;parameters} and empty segments. For frameworks that take
   * {@code .} and {@code ..} for names.
   *
   * @param rawPath the path of a request target, without query; not null
   * @return the path, beginning with a slash and not ending with one unless it is the root
   */
  public static String decode(String rawPath) {
    return joined(segments(rawPath));
  }

  /**
   * As {@link #decode}, with {@code .} and {@code ..} resolved after decoding, as servlet
   * containers do. What leads above the root is the root.
   *
   * @param rawPath the path of a request target, without query; not null
   * @return the path, beginning with a slash and not ending with one unless it is the root
   */
  public static String normalize(String rawPath) {
    Deque<String> kept = new ArrayDeque<>();
    for (String segment : segments(rawPath)) {
      switch (segment) {
        case "." -> {}
        case ".." -> kept.pollLast();
        default -> kept.addLast(segment);
      }
    }
    return joined(kept);
  }

  private static List<String> segments(String rawPath) {
    List<String> kept = new ArrayList<>();
    for (String segment :
        decodedText(Objects.requireNonNull(rawPath, "rawPath must not be null")).split("/", -1)) {
      if (!segment.isEmpty()) {
        kept.add(segment);
      }
    }
    return kept;
  }

  private static String joined(Collection<String> segments) {
    return "/" + String.join("/", segments);
  }

  private static String decodedText(String rawPath) {
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
