package io.traffik.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Hits that run out of stack, in a virtual machine that compiles nothing, so that each call takes
 * its own piece of the stack, and the end can come between any two steps of a hit; and in those
 * that compile simply, or as servers do, where a call that was not compiled with the rest takes
 * more stack than that.
 */
class ShortStackTest {

  @ParameterizedTest
  @ValueSource(strings = {"-Xint", "-XX:TieredStopAtLevel=1", "-server"})
  void m4_b9_aHitThatEndsHalfWayKeepsNobodyWaiting(String compiler) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                compiler,
                "-cp",
                System.getProperty("java.class.path"),
                ShortStackHits.class.getName())
            .redirectErrorStream(true)
            .start();
    try {
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).as("ends").isTrue();
      assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .contains("all keys can be hit");
    } finally {
      process.destroyForcibly();
    }
  }
}
