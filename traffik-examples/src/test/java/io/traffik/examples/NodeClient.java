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

/** The npm package {@code ws} on Node, installed for one run of the tests. */
record NodeClient(Path directory) implements AutoCloseable {

  private static final Logger LOGGER = System.getLogger(NodeClient.class.getName());
  private static final String SCRIPT = "socket-client.mjs";

  /** Installs the package; empty, and said in the log, where there is no Node or no registry. */
  static Optional<NodeClient> install() throws Exception {
    Path directory = Files.createTempDirectory("traffik-node");
    NodeClient client = new NodeClient(directory);
    String missing;
    try (InputStream script = NodeClient.class.getResourceAsStream(SCRIPT)) {
      Files.copy(Objects.requireNonNull(script), directory.resolve(SCRIPT));
      missing =
          client.fails(
              120, "npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "ws@8");
    } catch (IOException e) {
      missing = e.getMessage();
    }
    if (missing == null) {
      return Optional.of(client);
    }
    LOGGER.log(
        Level.WARNING, "npm package ws cannot be had here: not tested with it: {0}", missing);
    client.close();
    return Optional.empty();
  }

  /** What the client hears, a line each. */
  List<String> run(String url, int messages) throws Exception {
    String failure = fails(60, "node", SCRIPT, url, "" + messages);
    if (failure != null) {
      throw new AssertionError("the client must end by itself: " + failure);
    }
    return Files.readAllLines(directory.resolve("log.txt"));
  }

  /** Null if the command went well, else why not. */
  private String fails(int seconds, String... command) throws IOException, InterruptedException {
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
      return "no end after " + seconds + " s: " + Files.readString(log);
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
