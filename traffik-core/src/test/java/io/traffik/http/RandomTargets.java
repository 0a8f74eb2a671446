package io.traffik.http;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.SplittableRandom;

/** Random request targets, paths, and spellings of paths. */
final class RandomTargets {

  private static final String[] PARTS = {
    "/", "//", "%", "%2", "%2f", "%2F", "%2e", "%0a", "%0D", "%00", "%ff", "%C3%A4", "%zz", "%41",
    ";", ";a=b", "?", "#", ":", "://", "http://", "*", ".", "..", "@", "[::1]", "\\", "\n", "\r",
    "\0", "\t", " ", "a", "Z", "\u00e4", "\u4e16", "\ud83d", "\ude00", "\u2028", "x:80"
  };

  /** Characters of segments, as UTF-8: ASCII with its control characters, and two others. */
  private static final String[] OTHERS = {"\u00e4", "\u4e16"};

  private static final String[] PREFIXES = {
    "http://x", "HTTPS://x:443", "ws://[::1]:80", "", "", "/"
  };

  private final SplittableRandom random;

  RandomTargets(long seed) {
    random = new SplittableRandom(seed);
  }

  private String any(String[] texts) {
    return texts[random.nextInt(texts.length)];
  }

  /** A text of any form, most of them malformed. */
  String target() {
    StringBuilder target = new StringBuilder(random.nextInt(3) == 0 ? "" : "/");
    for (int left = random.nextInt(12); left > 0; left--) {
      target.append(any(PARTS));
    }
    return target.toString();
  }

  /** A canonical path, with any characters in its segments. */
  String path() {
    StringBuilder path = new StringBuilder();
    for (int segments = random.nextInt(4); segments > 0; segments--) {
      path.append('/');
      for (int length = 1 + random.nextInt(4); length > 0; length--) {
        int c = random.nextInt(130);
        path.append(c >= 128 ? OTHERS[c - 128] : c == '/' ? "-" : String.valueOf((char) c));
      }
    }
    return path.isEmpty() ? "/" : path.toString();
  }

  /** A request target that has this path. */
  String spelling(String path) {
    StringBuilder spelling = new StringBuilder(any(PREFIXES));
    for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
      if (b == '/') {
        spelling
            .append(random.nextInt(4) == 0 ? ";p=%2f" : "")
            .append("/".repeat(1 + random.nextInt(2)));
      } else if (b < 0 || "%;?#".indexOf(b) >= 0 || random.nextInt(3) == 0) {
        String encoded = encode(b);
        spelling.append(random.nextBoolean() ? encoded : encoded.toUpperCase(Locale.ROOT));
      } else {
        spelling.append((char) b);
      }
    }
    String[] ends = {"", "/", "//", ";p", "/;p/", "?q=/x", "#f", "?", "?\n/", "%2F"};
    return spelling.append(any(ends)).toString();
  }

  /** The spelling of a path in which each byte but the slash is encoded. */
  static String encode(String path) {
    StringBuilder encoded = new StringBuilder();
    for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
      if (b == '/') {
        encoded.append('/');
      } else {
        encoded.append(encode(b));
      }
    }
    return encoded.toString();
  }

  private static String encode(byte b) {
    return "%" + Character.forDigit(b >> 4 & 15, 16) + Character.forDigit(b & 15, 16);
  }
}
