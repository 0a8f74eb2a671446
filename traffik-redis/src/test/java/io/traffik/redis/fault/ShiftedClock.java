package io.traffik.redis.fault;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Shifts the wall clocks of processes by a preloaded library, written in C. Needs Linux and a C
 * compiler; elsewhere it logs a warning, and clocks stay unchanged.
 */
final class ShiftedClock implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(ShiftedClock.class.getName());
  private static final String SOURCE = "shifted-clock.c";

  private final Path directory;
  private final Optional<Path> library;

  ShiftedClock() throws IOException, InterruptedException {
    this.directory = Files.createTempDirectory("traffik-clock-");
    this.library = System.getProperty("os.name").equals("Linux") ? compiled() : Optional.empty();
    if (library.isEmpty()) {
      LOG.log(Level.WARNING, "the clocks of processes are not shifted: this needs Linux and cc");
    }
  }

  private Optional<Path> compiled() throws InterruptedException {
    Path source = directory.resolve(SOURCE);
    Path result = directory.resolve("shifted-clock.so");
    try (InputStream text = ShiftedClock.class.getResourceAsStream(SOURCE)) {
      Files.copy(text, source);
      int status =
          new ProcessBuilder("cc", "-shared", "-fPIC", "-o", result.toString(), source.toString())
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("cc.log").toFile())
              .start()
              .waitFor();
      return status == 0 ? Optional.of(result) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * Shifts the clock of a process that is about to start.
   *
   * @param environment the environment of the process
   * @return the actual shift in seconds, or 0 if clocks cannot be shifted
   */
  long apply(Map<String, String> environment, long seconds) {
    if (library.isEmpty()) {
      return 0;
    }
    environment.put("LD_PRELOAD", library.get().toString());
    environment.put("SHIFTED_SECONDS", String.valueOf(seconds));
    return seconds;
  }

  @Override
  public void close() {
    try {
      for (String file : new String[] {SOURCE, "shifted-clock.so", "cc.log"}) {
        Files.deleteIfExists(directory.resolve(file));
      }
      Files.delete(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
