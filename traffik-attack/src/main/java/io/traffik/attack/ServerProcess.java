package io.traffik.attack;

import io.traffik.attack.load.RedisFaults;
import io.traffik.attack.scenario.AttackTarget;
import io.traffik.attack.server.ServerState;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A server under attack in a JVM of its own, which ends with this one. Not thread-safe. */
final class ServerProcess implements AutoCloseable {

  private static final long TIMEOUT_SECONDS = 60;
  private static final long END_MILLIS = 500;
  private static final String END = "end of output";

  private final Process process;
  private final Path log = Files.createTempFile("traffik-attack-", ".log");
  private final PrintStream in;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final AttackTarget target;
  private volatile String lastLine = "It printed nothing.";

  /** Starts a server and waits until it accepts connections. */
  ServerProcess(ServerSettings settings) throws IOException {
    this.process = new ProcessBuilder(settings.command()).redirectError(log.toFile()).start();
    this.in = new PrintStream(process.getOutputStream(), true, StandardCharsets.US_ASCII);
    Thread reader = new Thread(this::readLines, "server-output");
    reader.setDaemon(true);
    reader.start();
    try {
      String[] ports = nextLine().split(" ", -1);
      this.target =
          new AttackTarget(
              address(ports[0]),
              address(ports[1]),
              settings.throttled(),
              RedisFaults.of(settings.redisUri()),
              () -> state(false));
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  private static InetSocketAddress address(String port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(port));
  }

  private void readLines() {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
      reader.lines().forEach(this::addLine);
    } catch (IOException | UncheckedIOException e) {
      // The output ends when the process is destroyed.
    } finally {
      lines.add(END);
    }
  }

  private void addLine(String line) {
    if (line.startsWith(AttackedServerMain.ANSWER)) {
      lines.add(line.substring(AttackedServerMain.ANSWER.length()));
    } else {
      lastLine = line;
    }
  }

  private String nextLine() throws IOException {
    try {
      String line = lines.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS);
      if (line == null) {
        throw new IOException("The server did not answer within " + TIMEOUT_SECONDS + " seconds");
      }
      if (line.equals(END)) {
        throw new IOException("The server ended. " + lastLine);
      }
      return line;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Returns why the server ended, or another reason if it runs. */
  String endOr(String reason) {
    try {
      // An ending server first closes its connections.
      return process.waitFor(END_MILLIS, TimeUnit.MILLISECONDS)
          ? "the server ended: " + lastLine
          : reason;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return reason;
    }
  }

  AttackTarget target() {
    return target;
  }

  ServerState state(boolean afterCollection) throws IOException {
    return ServerState.parse(
        ask(
            afterCollection
                ? AttackedServerMain.STATE_AFTER_COLLECTION
                : AttackedServerMain.STATE));
  }

  /** Tells the server to stop. */
  void stop() {
    in.println(AttackedServerMain.STOP);
  }

  /** Waits until the threads of a stopped server have ended, and returns those that remain. */
  List<String> threadsLeft() throws IOException {
    String left = nextLine();
    return left.isEmpty() ? List.of() : List.of(left.split(",", -1));
  }

  /** The lines that the server has logged. */
  long logLines() throws IOException {
    return Files.readAllLines(log).size();
  }

  private String ask(String question) throws IOException {
    in.println(question);
    return nextLine();
  }

  @Override
  public void close() throws IOException {
    in.close();
    process.destroyForcibly();
    Files.deleteIfExists(log);
  }
}
