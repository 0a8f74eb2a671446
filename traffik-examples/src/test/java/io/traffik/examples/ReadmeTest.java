package io.traffik.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every Java snippet of README and guides stands, line by line, in code that is compiled here. */
final class ReadmeTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern SNIPPET = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);

  @TestFactory
  Stream<DynamicTest> everySnippetIsCompiled() throws IOException {
    List<List<String>> sources = sources();
    return snippets().stream()
        .map(
            snippet ->
                DynamicTest.dynamicTest(
                    snippet.get(0),
                    () ->
                        assertThat(sources)
                            .as(String.join("\n", snippet))
                            .anyMatch(source -> Collections.indexOfSubList(source, snippet) >= 0)));
  }

  @Test
  void thereAreSnippets() throws IOException {
    assertThat(snippets()).hasSizeGreaterThan(5);
  }

  private static List<List<String>> snippets() throws IOException {
    List<List<String>> snippets = new ArrayList<>();
    for (Path page : pages()) {
      Matcher matcher = SNIPPET.matcher(Files.readString(page));
      while (matcher.find()) {
        snippets.add(lines(matcher.group(1)));
      }
    }
    return snippets;
  }

  private static List<Path> pages() throws IOException {
    try (Stream<Path> guides = Files.list(ROOT.resolve("docs"))) {
      return Stream.concat(Stream.of(ROOT.resolve("README.md")), guides)
          .filter(page -> page.toString().endsWith(".md"))
          .sorted()
          .toList();
    }
  }

  private static List<List<String>> sources() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src"))) {
      List<List<String>> sources = new ArrayList<>();
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        sources.add(lines(Files.readString(file)));
      }
      return sources;
    }
  }

  private static List<String> lines(String text) {
    return text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
  }
}
