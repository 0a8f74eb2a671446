package io.traffik.redis.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A {@code redis-server} of this machine's on a free port of the loopback, which keeps nothing on
 * disk. It can be killed, stopped and started again, and ends with this virtual machine at the
 * latest. For one thread.
 */
public final class RedisProcess implements AutoCloseable {

  private static final int ATTEMPTS = 5;

  private final Path directory = TemporaryFiles.directory();
  private final List<String> command;
  private final int port;
  private Process process;

  private RedisProcess(Path binary, int port, List<String> lines, String... arguments)
      throws IOException {
    this.port = port;
    List<String> configuration =
        new ArrayList<>(
            List.of("port " + port, "bind 127.0.0.1", "dir " + directory, "daemonize no"));
    configuration.addAll(lines);
    Path file = directory.resolve("redis.conf");
    Files.write(file, configuration);
    this.command = new ArrayList<>(List.of(binary.toString(), file.toString()));
    this.command.addAll(List.of(arguments));
    this.process = launch();
  }

  /** Whether there is a binary for this machine; if not, no process can be started. */
  public static boolean isAvailable() {
    return LocalBinary.find().isPresent();
  }

  /**
   * Starts a server and waits until it answers.
   *
   * @param lines of its configuration, beside port, directory and no persistence
   */
  public static RedisProcess start(String... lines) {
    List<String> configuration = new ArrayList<>(List.of("save \"\"", "appendonly no"));
    configuration.addAll(List.of(lines));
    return startOnAnyPort(configuration);
  }

  /** Starts a sentinel and waits until it answers. */
  static RedisProcess startSentinel(List<String> lines) {
    return startOnAnyPort(lines, "--sentinel");
  }

  private static RedisProcess startOnAnyPort(List<String> lines, String... arguments) {
    Path binary =
        LocalBinary.find()
            .orElseThrow(() -> new IllegalStateException("no redis-server for this machine"));
    for (int attempt = 1; ; attempt++) {
      RedisProcess started;
      try {
        started = new RedisProcess(binary, FreePorts.next(), lines, arguments);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      try {
        started.awaitReady();
        return started;
      } catch (IllegalStateException e) {
        started.close();
        // Somebody else may have taken the port meanwhile.
        if (attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private Process launch() {
    try {
      Process launched =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
              .start();
      RunningProcesses.add(launched);
      return launched;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path log() {
    return directory.resolve("redis.log");
  }

  private void awaitReady() {
    Condition.await(
        "redis-server answers on port " + port,
        () -> {
          if (!process.isAlive()) {
            throw new IllegalStateException("redis-server ended, having said:\n" + said());
          }
          return ask("PING").equals("PONG");
        });
  }

  /** What the server printed. */
  public String said() {
    try {
      return Files.readString(log());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The port of 127.0.0.1. */
  public int port() {
    return port;
  }

  /** {@code redis://127.0.0.1:port}. */
  public URI uri() {
    return URI.create("redis://127.0.0.1:" + port);
  }

  /** A connection of its own, to be closed. */
  public RedisConnection connect() {
    return RedisConnection.to(port);
  }

  /** Asks once, as text. */
  public String ask(String... words) {
    try (RedisConnection connection = connect()) {
      return connection.text(words);
    }
  }

  /** Ends the server at once, as a crash does, and waits until it has gone. */
  public void kill() {
    RunningProcesses.end(process);
  }

  /** Starts the server again on the same port, empty, and waits until it answers. */
  public void restart() {
    if (process.isAlive()) {
      throw new IllegalStateException("the server must have been killed before: port " + port);
    }
    process = launch();
    awaitReady();
  }

  /** Stops the server as it is (SIGSTOP): connections stay open, and nothing is answered. */
  public void pause() {
    signal("-STOP");
  }

  /** Lets a server that was stopped go on. */
  public void resume() {
    signal("-CONT");
  }

  private void signal(String signal) {
    try {
      int status =
          new ProcessBuilder("kill", signal, String.valueOf(process.pid()))
              .inheritIO()
              .start()
              .waitFor();
      if (status != 0) {
        throw new IllegalStateException("kill " + signal + " failed: " + status);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Override
  public void close() {
    kill();
  }

  @Override
  public String toString() {
    return "redis-server on port " + port;
  }
}
