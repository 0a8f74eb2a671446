package io.traffik.attack.load;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Reads responses and WebSocket frames from a blocking stream. Not thread-safe. */
final class AnswerReader {

  private static final int OPCODE = 0x0f;
  private static final int TEXT = 1;
  private static final int CLOSE = 8;

  private final DataInputStream in;

  AnswerReader(InputStream in) {
    this.in = new DataInputStream(in);
  }

  /** Reads the response to a handshake. */
  static void requireOpened(InputStream in) throws IOException {
    String head = new AnswerReader(in).head();
    if (!head.startsWith("HTTP/1.1 101 ")) {
      throw new IOException("The server did not open a WebSocket: " + head.strip());
    }
  }

  private String head() throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
      head.append((char) in.readUnsignedByte());
    }
    return head.toString();
  }

  /** Reads a response, including its body, and returns its status. */
  int response() throws IOException {
    String head = head();
    String fields = head.toLowerCase(Locale.ROOT);
    int field = fields.indexOf("\r\ncontent-length:");
    if (field >= 0) {
      int start = field + "\r\ncontent-length:".length();
      String length = head.substring(start, head.indexOf('\r', start));
      in.readFully(new byte[Integer.parseInt(length.strip())]);
    }
    int status = StatusScanner.RESPONSE.length();
    return Integer.parseInt(head, status, status + 3, 10);
  }

  /** Reads the next text message. */
  String text() throws IOException {
    while (true) {
      int opcode = in.readUnsignedByte() & OPCODE;
      int length = in.readUnsignedByte();
      byte[] content = new byte[length == 126 ? in.readUnsignedShort() : length];
      in.readFully(content);
      if (opcode == TEXT) {
        return new String(content, StandardCharsets.US_ASCII);
      }
      if (opcode == CLOSE) {
        throw new IOException("The server closed the WebSocket");
      }
    }
  }
}
