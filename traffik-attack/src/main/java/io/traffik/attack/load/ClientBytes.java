package io.traffik.attack.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What clients send, as prepared bytes. */
public final class ClientBytes {

  private static final int TEXT = 0x81;
  private static final int BINARY = 0x82;
  private static final int PING = 0x89;
  private static final int MASKED = 0x80;
  private static final int MAX_SHORT_LENGTH = 125;
  private static final int LENGTH_IN_TWO_BYTES = 126;

  private ClientBytes() {}

  /** Returns a GET request that keeps its connection open. */
  public static byte[] request(String path) {
    return ascii("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }

  /** Returns the handshake of a WebSocket. */
  public static byte[] handshake(String path) {
    return ascii(
        String.join(
            "\r\n",
            "GET " + path + " HTTP/1.1",
            "Host: localhost",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version: 13",
            "\r\n"));
  }

  /** Returns the frame of a text message of at most 65,535 ASCII characters. */
  public static byte[] text(String text) {
    return frame(TEXT, ascii(text));
  }

  /** Returns the frame of a binary message of at most 65,535 bytes. */
  public static byte[] binary(byte[] content) {
    return frame(BINARY, content);
  }

  /** Returns the frame of a ping with up to 125 ASCII characters, which its pong repeats. */
  public static byte[] ping(String content) {
    return frame(PING, ascii(content));
  }

  /** Returns the frame of an empty ping. */
  public static byte[] ping() {
    return frame(PING, new byte[0]);
  }

  /** Builds a client frame (RFC 6455, section 5.2). Its mask is zero, so the content stays. */
  private static byte[] frame(int head, byte[] content) {
    ByteBuffer frame = ByteBuffer.allocate(8 + content.length).put((byte) head);
    if (content.length <= MAX_SHORT_LENGTH) {
      frame.put((byte) (MASKED | content.length));
    } else {
      frame.put((byte) (MASKED | LENGTH_IN_TWO_BYTES)).putShort((short) content.length);
    }
    frame.putInt(0).put(content).flip();
    byte[] bytes = new byte[frame.remaining()];
    frame.get(bytes);
    return bytes;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
