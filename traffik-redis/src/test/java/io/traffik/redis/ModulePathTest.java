package io.traffik.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An application on the module path, with the lines for module-info.java that docs/redis.md states.
 */
@Isolated
final class ModulePathTest {

  private static final String MAIN =
      """
      package app;

      import io.traffik.redis.RedisBackend;

      public class Main {
        public static void main(String[] arguments) {
          try (RedisBackend backend =
              arguments[0].equals("LETTUCE")
                  ? RedisBackend.lettuce(arguments[1], "modules")
                  : RedisBackend.jedis(arguments[1], "modules")) {
            backend.open();
            System.out.println("open");
          } catch (io.traffik.ConfigurationException e) {
            System.out.println(e.getMessage());
          }
        }
      }
      """;

  @TempDir private Path directory;

  private enum Client {
    LETTUCE(
        "requires lettuce.core; requires io.netty.resolver.dns;",
        "lettuce",
        "netty",
        "reactor-core",
        "reactive-streams",
        "authx",
        "slf4j-api"),
    JEDIS(
        "requires redis.clients.jedis; requires org.apache.commons.pool2; requires org.slf4j;",
        "jedis",
        "commons-pool2",
        "gson",
        "json-",
        "authx",
        "slf4j-api");

    private final String lines;

    @SuppressWarnings("ImmutableEnumChecker") // never changed
    private final String[] files;

    Client(String lines, String... files) {
      this.lines = lines;
      this.files = files;
    }
  }

  @ParameterizedTest
  @EnumSource
  void l1_theDocumentedLinesAreEnough(Client client) throws Exception {
    assertThat(run(client, client.lines)).contains("open\n").doesNotContain("is missing");
  }

  @ParameterizedTest
  @EnumSource
  void l1_withoutThemTheMessageNamesThem(Client client) throws Exception {
    assertThat(run(client, ""))
        .contains("is missing", "add this to module-info.java: " + client.lines);
    String first = client.lines.substring(0, client.lines.indexOf(';') + 1);
    assertThat(run(client, first))
        .contains("is missing", "add this to module-info.java: " + client.lines);
  }

  @Test
  void l1_thePageStatesTheLines() throws Exception {
    String page = Files.readString(Path.of("..", "docs", "redis.md"));
    for (Client client : Client.values()) {
      for (String line : client.lines.split("(?<=;) ", -1)) {
        assertThat(page).contains(line);
      }
    }
  }

  private String run(Client client, String lines) throws Exception {
    Path source = Files.createDirectories(directory.resolve("source"));
    Path classes = Files.createDirectories(directory.resolve("classes"));
    Files.writeString(
        source.resolve("module-info.java"),
        "module app { requires io.traffik.redis; " + lines + " }");
    Files.writeString(source.resolve("Main.java"), MAIN);
    String libraries =
        Stream.concat(Stream.of(module("redis"), module("api")), OtherJvm.filesWith(client.files))
            .distinct()
            .collect(Collectors.joining(File.pathSeparator));
    OtherJvm.run(
        "javac",
        "-d",
        classes.toString(),
        "--module-path",
        libraries,
        source.resolve("module-info.java").toString(),
        source.resolve("Main.java").toString());
    return OtherJvm.run(
        "java",
        "--module-path",
        classes + File.pathSeparator + libraries,
        "--module",
        "app/app.Main",
        client.name(),
        RedisContract.standaloneUri());
  }

  /** The classes of a module of this build, which has no JAR yet. */
  private static String module(String name) {
    List<String> candidates =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .filter(entry -> entry.contains("traffik-" + name))
            .filter(entry -> !entry.contains("test"))
            .toList();
    assertThat(candidates).hasSize(1);
    return candidates.get(0);
  }
}
