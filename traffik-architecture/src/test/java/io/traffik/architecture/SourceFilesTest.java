package io.traffik.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Sizes and names of Java files. */
final class SourceFilesTest {

  private static final int MAX_LINES = 350;
  private static final int MAX_MEDIAN_LINES = 90;

  private final List<Path> files = SourceTree.files(".java");

  @Test
  void noFileExceedsTheLineLimit() {
    assertThat(files.stream().filter(file -> SourceTree.lines(file).size() > MAX_LINES)).isEmpty();
  }

  @Test
  void theMedianFileIsWithinItsLimit() {
    List<Integer> sizes =
        files.stream().map(file -> SourceTree.lines(file).size()).sorted().toList();
    assertThat(sizes.get(sizes.size() / 2)).isLessThanOrEqualTo(MAX_MEDIAN_LINES);
  }

  @Test
  void noTwoFilesShareAName() {
    Map<String, List<Path>> byName =
        files.stream()
            .collect(
                Collectors.groupingBy(
                    file -> file.getFileName().toString(), TreeMap::new, Collectors.toList()));
    byName.remove("package-info.java");
    byName.remove("module-info.java");
    byName.values().removeIf(paths -> paths.size() == 1);
    assertThat(byName).isEmpty();
  }
}
