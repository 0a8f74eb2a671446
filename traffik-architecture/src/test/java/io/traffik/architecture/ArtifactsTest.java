package io.traffik.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The POMs of published modules, which must agree. */
final class ArtifactsTest {

  private static final Pattern MODULE = Pattern.compile("<module>(.*?)</module>");
  private static final Pattern MANAGED = Pattern.compile("<artifactId>(traffik-.*?)</artifactId>");

  private static final String BOM = text("traffik-bom/pom.xml");
  private static final String PARENT = text("pom.xml");

  private static String text(String file) {
    return SourceTree.text(Path.of(file));
  }

  private static List<String> all(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(match -> match.group(1)).toList();
  }

  private static boolean isPublished(String module) {
    return !text(module + "/pom.xml").contains("<maven.deploy.skip>true");
  }

  @Test
  void theBomListsEveryPublishedModule() {
    List<String> published =
        all(MODULE, PARENT).stream()
            .filter(module -> !module.equals("traffik-bom") && isPublished(module))
            .toList();
    List<String> managed =
        all(MANAGED, BOM.substring(BOM.indexOf("<dependencyManagement>"))).stream().toList();
    assertThat(published).hasSizeGreaterThan(5);
    assertThat(managed).containsExactlyInAnyOrderElementsOf(published);
  }

  @Test
  void everyModuleHasANameAndADescription() {
    for (String module : all(MODULE, PARENT)) {
      assertThat(text(module + "/pom.xml")).as(module).contains("<name>", "<description>");
    }
  }
}
