package io.traffik.redis.server;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The {@code redis-server} of this machine: the one on the {@code PATH}, else the one that {@code
 * com.github.codemonstur:embedded-redis} carries (6.2), which needs nothing but OpenSSL 3.
 */
final class LocalBinary {

  /** What the jar calls it, by operating system and architecture. */
  private static final Map<String, String> CARRIED =
      Map.of(
          "linux-amd64", "redis-server-6.2.6-v5-linux-amd64",
          "linux-aarch64", "redis-server-6.2.7-linux-arm64",
          "mac-x86_64", "redis-server-6.2.6-v5-darwin-amd64",
          "mac-aarch64", "redis-server-6.2.6-v5-darwin-arm64");

  private static final Optional<Path> FOUND = onPath().or(LocalBinary::carried);

  private LocalBinary() {}

  /** The binary; empty if there is none for this machine. */
  static Optional<Path> find() {
    return FOUND;
  }

  private static Optional<Path> onPath() {
    for (String directory :
        System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
      Path binary = Path.of(directory, "redis-server");
      if (Files.isExecutable(binary)) {
        return Optional.of(binary);
      }
    }
    return Optional.empty();
  }

  private static Optional<Path> carried() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT).split(" ", 2)[0];
    String name = CARRIED.get(system + "-" + System.getProperty("os.arch"));
    if (name == null) {
      return Optional.empty();
    }
    try (InputStream content = LocalBinary.class.getResourceAsStream("/" + name)) {
      if (content == null) {
        return Optional.empty();
      }
      Path binary = TemporaryFiles.directory().resolve("redis-server");
      Files.copy(content, binary);
      if (!binary.toFile().setExecutable(true)) {
        throw new IOException("must be executable: " + binary);
      }
      return Optional.of(binary);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
