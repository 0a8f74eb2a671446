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

/** Using one of the clients never needs the other. */
@Isolated
final class OneClientTest {

  @ParameterizedTest
  @CsvSource({"lettuce, jedis|commons-pool|gson", "jedis, lettuce|netty|reactor"})
  void s1_oneClientDoesWithoutTheOther(String client, String missing) throws Exception {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            classPathWithout(missing.split("\\|", -1)),
            OneClientMain.class.getName(),
            client,
            RedisContract.alone());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output).contains(client + " decides");
  }

  private static String classPathWithout(String[] missing) {
    String whole = System.getProperty("java.class.path");
    List<String> all = List.of(whole.split(File.pathSeparator, -1));
    List<String> left =
        all.stream()
            .filter(
                jar ->
                    Arrays.stream(missing)
                        .noneMatch(name -> Path.of(jar).getFileName().toString().contains(name)))
            .toList();
    assertThat(all.size() - left.size()).isGreaterThanOrEqualTo(missing.length);
    return left.stream().collect(Collectors.joining(File.pathSeparator));
  }
}
