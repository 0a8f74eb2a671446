package io.traffik.redis.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Temporary directories of servers, deleted when this JVM ends. */
final class TemporaryFiles {

  private static final Path ROOT = create();

  private TemporaryFiles() {}

  private static Path create() {
    try {
      Path root = Files.createTempDirectory("traffik-redis-");
      Runtime.getRuntime().addShutdownHook(new Thread(TemporaryFiles::endAll));
      return root;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Path directory() {
    try {
      return Files.createTempDirectory(ROOT, "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void endAll() {
    RunningProcesses.killAll();
    try (Stream<Path> files = Files.walk(ROOT)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
