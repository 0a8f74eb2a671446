package io.traffik.jmh.check;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A client with several persistent connections. It sends one request on each, and then reads the
 * responses, whose length it knows. It costs little, so the time measured is that of the server.
 */
final class HelloClient implements AutoCloseable {

  private static final int TIMEOUT_MILLIS = 20_000;

  private static final byte[] REQUEST =
      "GET /hello HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);

  private final List<Connection> connections = new ArrayList<>();

  HelloClient(int port, int size) throws IOException {
    for (int n = 0; n < size; n++) {
      connections.add(new Connection(port));
    }
  }

  /** {@return the status line and the header fields of a response} */
  String head() {
    return connections.get(0).head;
  }

  /**
   * Sends requests and reads all responses.
   *
   * @param nanos how long
   * @return the number of responses
   */
  long run(long nanos) throws IOException {
    long end = System.nanoTime() + nanos;
    long received = 0;
    do {
      for (Connection connection : connections) {
        connection.out.write(REQUEST);
      }
      for (Connection connection : connections) {
        connection.readResponse();
      }
      received += connections.size();
    } while (System.nanoTime() < end);
    return received;
  }

  @Override
  public void close() throws IOException {
    for (Connection connection : connections) {
      connection.socket.close();
    }
  }

  private static final class Connection {

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private final String head;
    private final byte[] response;

    /** Opens the connection and reads a response, from which the length of the others follows. */
    Connection(int port) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      in = new DataInputStream(socket.getInputStream());
      out = socket.getOutputStream();
      out.write(REQUEST);
      StringBuilder read = new StringBuilder();
      while (read.indexOf("\r\n\r\n") < 0) {
        read.append((char) in.readUnsignedByte());
      }
      head = read.toString();
      int contentLength = contentLength(head);
      in.skipNBytes(contentLength);
      response = new byte[head.length() + contentLength];
    }

    private static int contentLength(String head) {
      String field = "content-length: ";
      int start = head.toLowerCase(Locale.ROOT).indexOf(field) + field.length();
      return Integer.parseInt(head.substring(start, head.indexOf('\r', start)));
    }

    /** Reads a response, and fails unless its status line is that of the first one. */
    void readResponse() throws IOException {
      in.readFully(response);
      for (int n = 0; head.charAt(n) != '\r'; n++) {
        if (response[n] != head.charAt(n)) {
          throw new IOException("The server changed its response. At first it was: " + head);
        }
      }
    }
  }
}
