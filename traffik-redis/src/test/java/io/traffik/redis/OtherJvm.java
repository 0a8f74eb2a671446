package io.traffik.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Tools of the JDK in processes of their own. */
final class OtherJvm {

  private OtherJvm() {}

  /** Runs a tool of this JDK, which must succeed, and returns its output. */
  static String run(String tool, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", tool).toString());
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  /** This class path without the files whose names contain one of some words. */
  static String classPathWithout(String... words) {
    List<String> all = List.of(System.getProperty("java.class.path").split(File.pathSeparator, -1));
    List<String> remaining =
        all.stream().filter(file -> Arrays.stream(words).noneMatch(name(file)::contains)).toList();
    assertThat(all.size() - remaining.size()).isGreaterThanOrEqualTo(words.length);
    return String.join(File.pathSeparator, remaining);
  }

  /** The files of this class path whose names contain one of some words. */
  static Stream<String> filesWith(String... words) {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(file -> Arrays.stream(words).anyMatch(name(file)::contains));
  }

  private static String name(String file) {
    return Path.of(file).getFileName().toString();
  }
}
