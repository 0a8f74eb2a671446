package io.traffik.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.redis.server.NeedsProcesses;
import io.traffik.redis.server.RedisServers;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The classes of this build with other minor versions of Lettuce, each in a JVM of its own. */
@Isolated
@NeedsProcesses
@Tag("once")
final class LettuceVersionsTest {

  /** The build copies the jars there. */
  private static final Path CLIENTS = Path.of("target/clients");

  static List<String> versions() throws IOException {
    try (Stream<Path> directories = Files.list(CLIENTS)) {
      List<String> versions =
          directories
              .map(directory -> directory.getFileName().toString())
              .filter(name -> name.startsWith("lettuce-"))
              .sorted()
              .toList();
      assertThat(versions).hasSizeGreaterThanOrEqualTo(10);
      return versions;
    }
  }

  @ParameterizedTest
  @MethodSource("versions")
  void s1_anotherVersionDecides(String version) throws Exception {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            classPath(version),
            LettuceVersionMain.class.getName(),
            RedisContract.standaloneUri(),
            RedisServers.cluster().uris().get(0));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output.lines().filter(line -> line.startsWith("decides: "))).as(output).hasSize(7);
  }

  /** Lettuce 6 uses Netty 4.1. */
  private static String classPath(String version) throws IOException {
    boolean oldNetty = version.startsWith("lettuce-6");
    Stream<String> build =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .filter(
                entry -> {
                  String name = Path.of(entry).getFileName().toString();
                  return !name.startsWith("lettuce-core")
                      && !(oldNetty && name.startsWith("netty-"));
                });
    return Stream.concat(
            Stream.concat(jars(version), oldNetty ? jars("netty-4.1") : Stream.empty()), build)
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static Stream<String> jars(String directory) throws IOException {
    try (Stream<Path> files = Files.list(CLIENTS.resolve(directory))) {
      return files.map(Path::toString).toList().stream();
    }
  }
}
