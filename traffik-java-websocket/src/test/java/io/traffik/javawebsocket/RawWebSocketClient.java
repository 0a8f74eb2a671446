package io.traffik.javawebsocket;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A client that sends raw frames, never replies, and has small buffers. */
final class RawWebSocketClient implements AutoCloseable {

  private static final int BUFFER_SIZE = 4_096;

  private final Socket socket = new Socket();
  private final DataInputStream in;

  /** A received frame: its first byte, and its payload as Latin-1. */
  record Frame(int head, String text) {

    int code() {
      return text.charAt(0) << Byte.SIZE | text.charAt(1);
    }
  }

  RawWebSocketClient(EchoWebSocketServer server) throws IOException {
    socket.setReceiveBufferSize(BUFFER_SIZE);
    socket.setSoTimeout(20_000);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort()));
    socket
        .getOutputStream()
        .write(
            """
            GET / HTTP/1.1\r
            Host: a\r
            Upgrade: websocket\r
            Connection: Upgrade\r
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
            Sec-WebSocket-Version: 13\r
            \r
            """
                .getBytes(StandardCharsets.US_ASCII));
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER_SIZE));
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) in.readUnsignedByte());
    }
  }

  /** Sends a frame repeatedly on another thread, in as few segments as possible. */
  Thread sendInBackground(int head, String payload, int times) {
    byte[] frames = frames(head, payload, times);
    Thread sender =
        new Thread(
            () -> {
              try {
                socket.getOutputStream().write(frames);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    sender.start();
    return sender;
  }

  /** Uses a mask of zeros, so that the payload is sent unmasked. */
  private static byte[] frames(int head, String payload, int times) {
    byte[] text = payload.getBytes(StandardCharsets.ISO_8859_1);
    ByteBuffer frames = ByteBuffer.allocate((6 + text.length) * times);
    for (int n = 0; n < times; n++) {
      frames.put((byte) head).put((byte) (0x80 | text.length)).putInt(0).put(text);
    }
    return frames.array();
  }

  Frame receive() throws IOException {
    int head = in.readUnsignedByte();
    int length = in.readUnsignedByte();
    byte[] payload = new byte[length == 126 ? in.readUnsignedShort() : length];
    in.readFully(payload);
    return new Frame(head, new String(payload, StandardCharsets.ISO_8859_1));
  }

  boolean receivesEnd() throws IOException {
    return in.read() < 0;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
