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
 * Sets the wall clocks of processes apart, by a library of 30 lines of C that is put before the
 * system's. On Linux with a C compiler; elsewhere all clocks stay as they are, and the log says so.
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
      LOG.log(Level.WARNING, "without Linux and cc, the clocks of processes are not set apart");
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
   * Sets the clock of a process ahead that will be started.
   *
   * @return by how many seconds it will be
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
