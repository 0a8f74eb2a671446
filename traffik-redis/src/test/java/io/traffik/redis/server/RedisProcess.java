package io.traffik.redis.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A {@code redis-server} process on a free port of the loopback interface, without persistence. It
 * can be killed, paused and restarted, and ends with this JVM at the latest. Not thread-safe.
 */
public final class RedisProcess implements AutoCloseable {

  private static final int ATTEMPTS = 5;

  private final Path directory = TemporaryFiles.directory();
  private final List<String> command;
  private final int port;
  private Process process;

  private RedisProcess(Path binary, int port, List<String> settings, String... arguments)
      throws IOException {
    this.port = port;
    List<String> configuration =
        new ArrayList<>(
            List.of("port " + port, "bind 127.0.0.1", "dir " + directory, "daemonize no"));
    configuration.addAll(settings);
    Path file = directory.resolve("redis.conf");
    Files.write(file, configuration);
    this.command = new ArrayList<>(List.of(binary.toString(), file.toString()));
    this.command.addAll(List.of(arguments));
    this.process = launch();
  }

  /** Whether there is a binary for this machine. */
  public static boolean isAvailable() {
    return LocalBinary.find().isPresent();
  }

  /**
   * Starts a server and waits until it answers.
   *
   * @param settings lines of the configuration file, in addition to port and directory
   */
  public static RedisProcess start(String... settings) {
    List<String> configuration = new ArrayList<>(List.of("save \"\"", "appendonly no"));
    configuration.addAll(List.of(settings));
    return startOnAnyPort(configuration);
  }

  /** Starts a sentinel and waits until it answers. */
  static RedisProcess startSentinel(List<String> settings) {
    return startOnAnyPort(settings, "--sentinel");
  }

  private static RedisProcess startOnAnyPort(List<String> settings, String... arguments) {
    Path binary =
        LocalBinary.find()
            .orElseThrow(() -> new IllegalStateException("no redis-server for this machine"));
    for (int attempt = 1; ; attempt++) {
      RedisProcess started;
      try {
        started = new RedisProcess(binary, FreePorts.next(), settings, arguments);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      try {
        started.awaitReady();
        return started;
      } catch (IllegalStateException e) {
        started.close();
        // Another process may have taken the port.
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
              .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile().toFile()))
              .start();
      RunningProcesses.add(launched);
      return launched;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes snapshots fail, even for the super-user: their file becomes a directory. */
  public void makeSnapshotsFail() {
    try {
      Files.createDirectories(directory.resolve("dump.rdb").resolve("not-empty"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path logFile() {
    return directory.resolve("redis.log");
  }

  private void awaitReady() {
    Condition.await(
        "redis-server answers on port " + port,
        () -> {
          if (!process.isAlive()) {
            throw new IllegalStateException("redis-server ended. Its log:\n" + log());
          }
          return execute("PING").equals("PONG");
        });
  }

  /** The output of the server. */
  public String log() {
    try {
      return Files.readString(logFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The port on 127.0.0.1. */
  public int port() {
    return port;
  }

  /** {@code redis://127.0.0.1:port}. */
  public URI uri() {
    return URI.create("redis://127.0.0.1:" + port);
  }

  /** Opens a connection; the caller closes it. */
  public RedisConnection connect() {
    return RedisConnection.to(port);
  }

  /** Executes a command over a new connection; the answer as text. */
  public String execute(String... words) {
    try (RedisConnection connection = connect()) {
      return connection.text(words);
    }
  }

  /** Kills the process, as in a crash, and waits until it has ended. */
  public void kill() {
    RunningProcesses.kill(process);
  }

  /** Restarts a killed server on the same port, without data, and waits until it answers. */
  public void restart() {
    restartWithoutWaiting();
    awaitReady();
  }

  /** Restarts a killed server on the same port. It may still load its data afterwards. */
  public void restartWithoutWaiting() {
    if (process.isAlive()) {
      throw new IllegalStateException("server must be killed before a restart: port " + port);
    }
    process = launch();
  }

  /** Pauses the process (SIGSTOP): connections stay open, and no command is answered. */
  public void pause() {
    signal("-STOP");
  }

  /** Resumes a paused process (SIGCONT). */
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
