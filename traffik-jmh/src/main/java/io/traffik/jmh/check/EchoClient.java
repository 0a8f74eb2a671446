package io.traffik.jmh.check;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * A client that sends prepared WebSocket frames in batches and reads the echoed bytes. It costs
 * little, so the time measured is that of the server. The batches in flight fit into the socket
 * buffers.
 */
final class EchoClient implements AutoCloseable {

  static final int BATCH = 64;

  private static final int BATCHES_IN_FLIGHT = 4;
  private static final int TIMEOUT_MILLIS = 20_000;
  private static final byte[] TEXT =
      "{\"room\":\"general\",\"text\":\"hello\"}".getBytes(StandardCharsets.US_ASCII);

  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;
  private final byte[] batch;
  private final byte[] answers;

  EchoClient(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    in = new DataInputStream(socket.getInputStream());
    out = socket.getOutputStream();
    batch = frames();
    answers = new byte[BATCH * (2 + TEXT.length)];
    openWebSocket();
  }

  /** Builds client frames (RFC 6455, section 5.2) with a mask of zeros. */
  private static byte[] frames() {
    byte[] frame = new byte[6 + TEXT.length];
    frame[0] = (byte) 0x81;
    frame[1] = (byte) (0x80 | TEXT.length);
    System.arraycopy(TEXT, 0, frame, 6, TEXT.length);
    byte[] frames = new byte[BATCH * frame.length];
    for (int n = 0; n < BATCH; n++) {
      System.arraycopy(frame, 0, frames, n * frame.length, frame.length);
    }
    return frames;
  }

  private void openWebSocket() throws IOException {
    String request =
        String.join(
            "\r\n",
            "GET /echo HTTP/1.1",
            "Host: localhost",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version: 13",
            "\r\n");
    out.write(request.getBytes(StandardCharsets.US_ASCII));
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) in.readUnsignedByte());
    }
    if (!head.toString().startsWith("HTTP/1.1 101 ")) {
      throw new IOException("The server did not open a WebSocket: " + head);
    }
  }

  /**
   * Sends messages and reads all echoes.
   *
   * @param batches number of batches of {@link #BATCH} messages
   * @return messages per second
   */
  double run(int batches) throws IOException {
    long start = System.nanoTime();
    int sent = 0;
    for (int received = 0; received < batches; received++) {
      while (sent < batches && sent - received < BATCHES_IN_FLIGHT) {
        out.write(batch);
        sent++;
      }
      in.readFully(answers);
      if (answers[0] != (byte) 0x81 || answers[1] != TEXT.length) {
        throw new IOException("The server did not echo a message");
      }
    }
    return batches * (double) BATCH * 1e9 / (System.nanoTime() - start);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
