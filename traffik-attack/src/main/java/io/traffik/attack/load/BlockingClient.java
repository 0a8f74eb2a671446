package io.traffik.attack.load;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/** A connection of a client that waits for its answers. Not thread-safe. */
public final class BlockingClient implements Exchange {

  /** Longer waits count as no answer. */
  public static final int TIMEOUT_MILLIS = 10_000;

  private final Socket socket = new Socket();
  private final AnswerReader reader;
  private final byte[] message;
  private final boolean webSocket;

  private BlockingClient(InetSocketAddress server, InetAddress from, byte[] opening, byte[] message)
      throws IOException {
    this.message = message;
    this.webSocket = opening.length > 0;
    socket.bind(new InetSocketAddress(from, 0));
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.connect(server, TIMEOUT_MILLIS);
    BufferedInputStream in = new BufferedInputStream(socket.getInputStream());
    this.reader = new AnswerReader(in);
    if (webSocket) {
      socket.getOutputStream().write(opening);
      AnswerReader.requireOpened(in);
    }
  }

  /** Opens a WebSocket. */
  public static BlockingClient ofMessages(InetSocketAddress server, String path, InetAddress from)
      throws IOException {
    return new BlockingClient(server, from, ClientBytes.handshake(path), ClientBytes.text("m"));
  }

  /** Opens a connection for requests. */
  public static BlockingClient ofRequests(InetSocketAddress server, String path, InetAddress from)
      throws IOException {
    return new BlockingClient(server, from, new byte[0], ClientBytes.request(path));
  }

  /** Sends bytes without waiting. */
  public void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  /** Waits for the next text message. */
  public String receive() throws IOException {
    return reader.text();
  }

  /** Returns the status of a text message: that of an error frame, otherwise 200. */
  public static int statusOf(String text) {
    int start = text.indexOf(StatusScanner.ERROR_FRAME);
    if (start < 0) {
      return StatusCounts.OK;
    }
    int digits = start + StatusScanner.ERROR_FRAME.length();
    return Integer.parseInt(text, digits, digits + 3, 10);
  }

  @Override
  public int exchange() throws IOException {
    send(message);
    return webSocket ? statusOf(receive()) : reader.response();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
