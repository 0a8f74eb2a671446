package io.traffik.attack.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** What may happen to a Redis server on the loopback interface. Thread-safe. */
public final class RedisFaults {

  private final int port;

  private RedisFaults(int port) {
    this.port = port;
  }

  /** Faults of the server with a URI. */
  public static RedisFaults of(String uri) {
    return new RedisFaults(URI.create(uri).getPort());
  }

  /** Lets the server answer no client for a while, as during a slow fork. */
  public void pause(Duration duration) throws IOException {
    execute("CLIENT PAUSE " + duration.toMillis());
  }

  /** Closes the connections of all clients. */
  public void killConnections() throws IOException {
    execute("CLIENT KILL TYPE normal");
  }

  private void execute(String command) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(BlockingClient.TIMEOUT_MILLIS);
      socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
      int answer = socket.getInputStream().read();
      if (answer == '-') {
        throw new IOException("Redis refused: " + command);
      }
    }
  }
}
