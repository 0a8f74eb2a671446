package io.traffik.attack.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** What may happen to a Redis server on the loopback interface. Thread-safe. */
public final class RedisFaults {

  private static final String PROCESS_ID = "process_id:";

  private final int port;
  private final AtomicLong longestNanos = new AtomicLong();

  private RedisFaults(int port) {
    this.port = port;
  }

  /** Faults of the server with a URI. */
  public static RedisFaults of(String uri) {
    return new RedisFaults(URI.create(uri).getPort());
  }

  /** Stops the process at once, and lets it continue after a while, as during a slow fork. */
  public void pause(Duration duration) throws IOException {
    String process = processId();
    signal("-STOP", process);
    long start = System.nanoTime();
    var unused =
        CompletableFuture.runAsync(
            () -> {
              signal("-CONT", process);
              longestNanos.accumulateAndGet(System.nanoTime() - start, Math::max);
            },
            CompletableFuture.delayedExecutor(duration.toNanos(), TimeUnit.NANOSECONDS));
  }

  /** The longest pause; a busy machine makes pauses longer than they should be. */
  public long longestPauseMillis() {
    return TimeUnit.NANOSECONDS.toMillis(longestNanos.get());
  }

  private String processId() throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        BufferedReader reader =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
      socket.setSoTimeout(BlockingClient.TIMEOUT_MILLIS);
      socket.getOutputStream().write("INFO server\r\n".getBytes(StandardCharsets.US_ASCII));
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (line.startsWith(PROCESS_ID)) {
          return line.substring(PROCESS_ID.length());
        }
      }
      throw new IOException("Redis did not report its process");
    }
  }

  private static void signal(String signal, String process) {
    try {
      new ProcessBuilder("kill", signal, process).inheritIO().start().waitFor();
    } catch (IOException e) {
      throw new IllegalStateException("kill " + signal + " failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
