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
 * The {@code redis-server} binary of this machine: from the {@code PATH}, otherwise from {@code
 * com.github.codemonstur:embedded-redis} (6.2), which needs OpenSSL 3.
 */
final class LocalBinary {

  /** The resource in the JAR, by operating system and architecture. */
  private static final Map<String, String> EMBEDDED =
      Map.of(
          "linux-amd64", "redis-server-6.2.6-v5-linux-amd64",
          "linux-aarch64", "redis-server-6.2.7-linux-arm64",
          "mac-x86_64", "redis-server-6.2.6-v5-darwin-amd64",
          "mac-aarch64", "redis-server-6.2.6-v5-darwin-arm64");

  private static final Optional<Path> BINARY = onPath().or(LocalBinary::embedded);

  private LocalBinary() {}

  /** The binary; empty if there is none for this machine. */
  static Optional<Path> find() {
    return BINARY;
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

  private static Optional<Path> embedded() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT).split(" ", 2)[0];
    String name = EMBEDDED.get(system + "-" + System.getProperty("os.arch"));
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
        throw new IOException("cannot make the file executable: " + binary);
      }
      return Optional.of(binary);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
