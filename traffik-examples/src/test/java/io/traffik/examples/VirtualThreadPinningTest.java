package io.traffik.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Main code without monitors. Before JDK 24, a virtual thread that waits inside a monitor pins its
 * carrier thread.
 */
final class VirtualThreadPinningTest {

  private static final Pattern COMMENT = Pattern.compile("/\\*.*?\\*/|//[^\\n]*", Pattern.DOTALL);
  private static final Pattern MONITOR =
      Pattern.compile("\\bsynchronized\\b|\\.wait\\(|\\bsynchronized[A-Z]\\w*\\(");

  @ParameterizedTest
  @ValueSource(strings = {"traffik-api", "traffik-core", "traffik-servlet", "traffik-redis"})
  void t1_mainCodeHasNoMonitors(String module) throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "main", "java"))) {
      List<Path> sources = files.filter(file -> file.toString().endsWith(".java")).toList();
      assertThat(sources).hasSizeGreaterThan(4);
      for (Path source : sources) {
        String code = COMMENT.matcher(Files.readString(source)).replaceAll("");
        assertThat(MONITOR.matcher(code).find()).as(source.toString()).isFalse();
      }
    }
  }
}
