package io.traffik.redis.server;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** HAProxy in front of one server. It ends with this JVM at the latest. */
public final class HaProxyProcess implements AutoCloseable {

  private final int port;
  private final Process process;

  private HaProxyProcess(int port, Process process) {
    this.port = port;
    this.process = process;
  }

  /** Whether the binary is on the {@code PATH}. */
  public static boolean isAvailable() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, "haproxy")));
  }

  /**
   * Starts a proxy and waits until it accepts connections.
   *
   * @param serverPort the port of the server on the loopback interface
   */
  public static HaProxyProcess start(int serverPort) {
    int port = FreePorts.next();
    Path directory = TemporaryFiles.directory();
    try {
      Path configuration =
          Files.write(
              directory.resolve("haproxy.cfg"),
              List.of(
                  "defaults",
                  "  mode tcp",
                  "  timeout connect 200ms",
                  "  timeout client 30s",
                  "  timeout server 30s",
                  "listen redis",
                  "  bind 127.0.0.1:" + port,
                  "  server redis 127.0.0.1:" + serverPort));
      Process process =
          new ProcessBuilder("haproxy", "-db", "-f", configuration.toString())
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("haproxy.log").toFile())
              .start();
      RunningProcesses.add(process);
      HaProxyProcess started = new HaProxyProcess(port, process);
      Condition.await("haproxy accepts connections", started::accepts);
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean accepts() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** The port on 127.0.0.1. */
  public int port() {
    return port;
  }

  @Override
  public void close() {
    RunningProcesses.kill(process);
  }
}
