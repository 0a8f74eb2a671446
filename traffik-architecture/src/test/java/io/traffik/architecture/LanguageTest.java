package io.traffik.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Phrases that read as translated, in documents, comments, messages and scripts. */
final class LanguageTest {

  private static final Pattern TRANSLATED =
      Pattern.compile(
          "unless told|, say[,.)]|\\banew\\b|for want of|[Ww]hat is more|gives? way|holds? still"
              + "|so much longer|for so long");

  @Test
  void noTextReadsAsTranslated() {
    List<String> found = new ArrayList<>();
    List<Path> files = SourceTree.files(LanguageTest::isText);
    for (Path file : files) {
      int number = 0;
      for (String line : SourceTree.lines(file)) {
        number++;
        if (TRANSLATED.matcher(line).find()) {
          found.add(file + ":" + number + ": " + line.strip());
        }
      }
    }
    assertThat(files).hasSizeGreaterThan(500);
    assertThat(found).isEmpty();
  }

  private static boolean isText(Path file) {
    String name = file.getFileName().toString();
    // This file quotes the phrases.
    return !name.equals("LanguageTest.java")
        && !name.matches(".*\\.(png|jar|svg|cmd)")
        && !name.equals("mvnw");
  }
}
