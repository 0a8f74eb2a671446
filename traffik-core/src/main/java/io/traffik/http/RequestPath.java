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
 * Converts all spellings of a request target or path to one text. It is the only parser of targets
 * and paths: adapters call the method for the form in which their framework returns them.
 *
 * <p>Conversion never fails. Malformed percent-encoding stays as it is, and bytes that are not
 * UTF-8 become replacement characters. Control characters are characters like any other: they
 * neither end nor split a path.
 */
public final class RequestPath {

  private RequestPath() {}

  /**
   * Extracts the path of a request target (RFC 9112, section 3.2) and decodes it like {@link
   * #decode}. A target that begins with a slash is a path, even if it begins with two. Otherwise it
   * may be an absolute URI, whose scheme and authority are removed. Any other text is a path whose
   * slash is missing, such as {@code *}.
   *
   * @param target the target of a request line, as the client sent it; not null
   * @return the path; it starts with a slash, and only the root ends with one
   */
  public static String fromTarget(String target) {
    Objects.requireNonNull(target, "target must not be null");
    int end = indexOfAny(target, "?#", 0, target.length());
    return decode(target.substring(pathStart(target, end), end));
  }

  /** The index after the scheme and authority of an absolute URI; otherwise 0. */
  private static int pathStart(String target, int end) {
    int slash = indexOfAny(target, "/", 0, end);
    boolean absolute =
        slash > 1 && target.charAt(slash - 1) == ':' && target.startsWith("//", slash);
    return absolute ? indexOfAny(target, "/", slash + 2, end) : 0;
  }

  private static int indexOfAny(String text, String characters, int from, int end) {
    for (int i = from; i < end; i++) {
      if (characters.indexOf(text.charAt(i)) >= 0) {
        return i;
      }
    }
    return end;
  }

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

  /**
   * Removes the empty segments of a path that the framework has decoded. Escapes of slashes and
   * backslashes that the framework kept are written in upper case, since clients may use either.
   *
   * @param decodedPath the path, without query and parameters; not null
   * @return the path; it starts with a slash, and only the root ends with one
   */
  public static String ofDecoded(String decodedPath) {
    Objects.requireNonNull(decodedPath, "decodedPath must not be null");
    String path =
        decodedPath.indexOf('%') < 0
            ? decodedPath
            : decodedPath.replace("%2f", "%2F").replace("%5c", "%5C");
    boolean canonical = path.startsWith("/") && !path.endsWith("/") && !path.contains("//");
    return canonical ? path : join(nonEmptySegments(path));
  }

  private static List<String> segments(String rawPath) {
    Objects.requireNonNull(rawPath, "rawPath must not be null");
    return nonEmptySegments(decodeBytes(rawPath));
  }

  private static List<String> nonEmptySegments(String path) {
    List<String> segments = new ArrayList<>();
    for (String segment : path.split("/", -1)) {
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
