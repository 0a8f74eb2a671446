package io.traffik.attack.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Finds status codes in a stream of bytes without parsing it, which costs little. */
final class StatusScanner {

  /** Precedes the status of a response. */
  static final String RESPONSE = "HTTP/1.1 ";

  /** Precedes the status of a denied message. */
  static final String ERROR_FRAME = "\"status_code\":";

  private static final int DIGITS = 3;

  private final byte[] prefix;
  private int matched;
  private int status;

  StatusScanner(String prefix) {
    this.prefix = prefix.getBytes(StandardCharsets.US_ASCII);
  }

  /** Counts the status codes in the next bytes. */
  void scan(ByteBuffer bytes, StatusCounts counts) {
    while (bytes.hasRemaining()) {
      byte next = bytes.get();
      if (matched < prefix.length) {
        matched = next == prefix[matched] ? matched + 1 : next == prefix[0] ? 1 : 0;
        status = 0;
      } else {
        status = status * 10 + (next - '0');
        matched++;
        if (matched == prefix.length + DIGITS) {
          counts.add(status);
          matched = 0;
        }
      }
    }
  }
}
