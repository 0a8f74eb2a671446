package io.traffik.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each client works without the other on the class path. */
@Isolated
final class OneClientTest {

  @ParameterizedTest
  @CsvSource({"lettuce, jedis|commons-pool|gson", "jedis, lettuce|netty|reactor"})
  void s1_oneClientWorksWithoutTheOther(String client, String excluded) throws Exception {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            classPathWithout(excluded.split("\\|", -1)),
            OneClientMain.class.getName(),
            client,
            RedisContract.standaloneUri());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output).contains(client + " decides");
  }

  private static String classPathWithout(String[] excluded) {
    String classPath = System.getProperty("java.class.path");
    List<String> jars = List.of(classPath.split(File.pathSeparator, -1));
    List<String> remaining =
        jars.stream()
            .filter(
                jar ->
                    Arrays.stream(excluded)
                        .noneMatch(name -> Path.of(jar).getFileName().toString().contains(name)))
            .toList();
    assertThat(jars.size() - remaining.size()).isGreaterThanOrEqualTo(excluded.length);
    return remaining.stream().collect(Collectors.joining(File.pathSeparator));
  }
}
