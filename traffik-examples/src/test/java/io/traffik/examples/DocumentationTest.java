package io.traffik.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The README and all pages of docs: their Java code is compiled here, and their links resolve. */
final class DocumentationTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern BLOCK = Pattern.compile("(?ms)^ *```(\\w*)\\n(.*?)^ *```$");
  private static final Pattern LINK =
      Pattern.compile("\\]\\((?!https?:)([^)\\s#]*)(?:#([^)\\s]+))?\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");

  @TestFactory
  Stream<DynamicTest> everyJavaSnippetIsCompiled() throws IOException {
    List<List<String>> sources = sources();
    List<DynamicTest> tests = new ArrayList<>();
    for (Path page : pages("README.md")) {
      Matcher block = BLOCK.matcher(Files.readString(page));
      while (block.find()) {
        if (block.group(1).equals("java")) {
          List<String> snippet = lines(block.group(2));
          tests.add(
              DynamicTest.dynamicTest(
                  ROOT.relativize(page) + ": " + snippet.get(0),
                  () ->
                      assertThat(
                              sources.stream()
                                  .anyMatch(c -> Collections.indexOfSubList(c, snippet) >= 0))
                          .as("is compiled: %s", String.join("\n", snippet))
                          .isTrue()));
        }
      }
    }
    assertThat(tests).hasSizeGreaterThan(40);
    return tests.stream();
  }

  @Test
  void everyPageIsInTheIndex() throws IOException {
    Path docs = ROOT.resolve("docs");
    String index = Files.readString(docs.resolve("README.md"));
    try (Stream<Path> pages = Files.list(docs)) {
      assertThat(pages.map(page -> page.getFileName().toString()))
          .filteredOn(name -> name.endsWith(".md") && !name.equals("README.md"))
          .allSatisfy(name -> assertThat(index).contains("](" + name + ")"));
    }
  }

  @Test
  void everyLinkHasATarget() throws IOException {
    for (Path page : pages("README.md", "CHANGELOG.md", "CONTRIBUTING.md")) {
      Matcher link = LINK.matcher(BLOCK.matcher(Files.readString(page)).replaceAll(""));
      while (link.find()) {
        Path target =
            link.group(1).isEmpty() ? page : page.resolveSibling(link.group(1)).normalize();
        assertThat(target).as("%s: %s", page, link.group()).exists();
        if (link.group(2) != null) {
          assertThat(anchors(target)).as("%s: %s", page, link.group()).contains(link.group(2));
        }
      }
    }
  }

  /** The anchors that GitHub gives to headings. */
  private static List<String> anchors(Path page) throws IOException {
    return HEADING
        .matcher(Files.readString(page))
        .results()
        .map(heading -> heading.group(1).toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^\\w\\- ]", "").replace(' ', '-'))
        .toList();
  }

  /** The given pages and all of docs. */
  private static List<Path> pages(String... names) throws IOException {
    try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
      return Stream.concat(Stream.of(names).map(ROOT::resolve), docs)
          .filter(page -> page.toString().endsWith(".md"))
          .sorted()
          .toList();
    }
  }

  private static List<List<String>> sources() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src"))) {
      List<List<String>> sources = new ArrayList<>();
      for (Path file : files.filter(file -> file.toString().endsWith(".java")).toList()) {
        sources.add(lines(Files.readString(file)));
      }
      return sources;
    }
  }

  private static List<String> lines(String text) {
    return text.lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .collect(Collectors.toList());
  }
}
