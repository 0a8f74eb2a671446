package io.traffik.examples;

import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The WebSocket client {@code ws} on Node.js, installed for one test run. */
record NodeWebSocketClient(Path directory) implements AutoCloseable {

  private static final Logger LOGGER = System.getLogger(NodeWebSocketClient.class.getName());
  private static final String SCRIPT = "websocket-client.mjs";

  /** Installs the package; empty, with a warning, if Node.js or the registry is missing. */
  static Optional<NodeWebSocketClient> install() throws Exception {
    Path directory = Files.createTempDirectory("traffik-node");
    NodeWebSocketClient client = new NodeWebSocketClient(directory);
    String missing;
    try (InputStream script = NodeWebSocketClient.class.getResourceAsStream(SCRIPT)) {
      Files.copy(Objects.requireNonNull(script), directory.resolve(SCRIPT));
      missing =
          client.failure(
              120, "npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "ws@8");
    } catch (IOException e) {
      missing = e.getMessage();
    }
    if (missing == null) {
      return Optional.of(client);
    }
    LOGGER.log(
        Level.WARNING, "Cannot install the npm package ws; skipping its tests: {0}", missing);
    client.close();
    return Optional.empty();
  }

  /** Runs the client and returns what it received, one line for each message. */
  List<String> run(String url, int messages) throws Exception {
    String failure = failure(60, "node", SCRIPT, url, "" + messages);
    if (failure != null) {
      throw new AssertionError("the client failed: " + failure);
    }
    return Files.readAllLines(directory.resolve("log.txt"));
  }

  /** Runs a command; returns null if it succeeded, otherwise the reason. */
  private String failure(int seconds, String... command) throws IOException, InterruptedException {
    Path log = directory.resolve("log.txt");
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
      return "timed out after " + seconds + " s: " + Files.readString(log);
    }
    return process.exitValue() == 0 ? null : Files.readString(log);
  }

  @Override
  public void close() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
