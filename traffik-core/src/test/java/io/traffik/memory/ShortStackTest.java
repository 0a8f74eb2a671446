package io.traffik.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Operations that run out of stack, in three virtual machines. One only interprets, so that each
 * call has its own frame and the error can come between any two steps. The others compile with one
 * compiler or both; a call that was not inlined there needs more stack than its caller.
 */
class ShortStackTest {

  @ParameterizedTest
  @ValueSource(strings = {"-Xint", "-XX:TieredStopAtLevel=1", "-server"})
  void m5_anErrorInTheMidstOfAChangeNeverHangsAndCostsOnlyKeysThatAreCounted(String compiler)
      throws Exception {
    assertThat(output(compiler, ShortStackHits.class))
        .endsWith("every lost key was counted, and all keys can be hit\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-Xint", "-server"})
  void m5_aFirstHitThatRunsOutOfStackLeavesNoUnusableClass(String compiler) throws Exception {
    assertThat(output(compiler, ShortStackFirstHits.class)).isEqualTo("every class can be used\n");
  }

  private static String output(String compiler, Class<?> program) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                compiler,
                "-cp",
                System.getProperty("java.class.path"),
                program.getName())
            .redirectErrorStream(true)
            .start();
    try {
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).as("ends").isTrue();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.exitValue()).as(output).isZero();
      return output;
    } finally {
      process.destroyForcibly();
    }
  }
}
