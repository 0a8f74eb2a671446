package io.traffik.tck.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.traffik.tck.server.QuotaList.Member;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.greenbytes.http.sfv.ListElement;
import org.greenbytes.http.sfv.ParseException;
import org.greenbytes.http.sfv.Parser;
import org.greenbytes.http.sfv.StringItem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The kit parses lists as the library structured-fields does. */
final class QuotaListTest {

  private static final MutatedTexts LISTS =
      new MutatedTexts(
          "\"\\;,=aqrtw*_-.019 \t\u0001~\u007f?:@()",
          List.of(
              "",
              "\"api\";q=100;w=60",
              "\"api\";r=0;t=30",
              "\"a-1\";q=2;w=60, \"a-2\";q=5;w=3600",
              "  \"a\\\"b\\\\c\" ; q=1;  w=-2,\t \"\" ",
              "\"a\";q=999999999999999;*x_y-z.1=0"));

  private static Optional<List<Member>> parsed(List<String> lines) {
    try {
      return Optional.of(QuotaList.parse(lines));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The list, or nothing if it is invalid or cannot be a list of quotas. */
  private static Optional<List<Member>> parsedByLibrary(List<String> lines) {
    List<Member> members = new ArrayList<>();
    try {
      for (ListElement<?> element : new Parser(lines).parseList().get()) {
        Map<String, Long> parameters = new LinkedHashMap<>();
        for (var parameter : element.getParams().entrySet()) {
          if (!(parameter.getValue().get() instanceof Long number)) {
            return Optional.empty();
          }
          parameters.put(parameter.getKey(), number);
        }
        if (!(element instanceof StringItem string)) {
          return Optional.empty();
        }
        members.add(new Member(string.get(), parameters));
      }
      return repeatsParameters(lines, members) ? Optional.empty() : Optional.of(members);
    } catch (ParseException e) {
      return Optional.empty();
    }
  }

  /** Whether a key is duplicate; structured-fields keeps the last value, the kit rejects all. */
  private static boolean repeatsParameters(List<String> lines, List<Member> members) {
    String withoutStrings = String.join(",", lines).replaceAll("\"(\\\\.|[^\"\\\\])*\"", "");
    long written = withoutStrings.chars().filter(c -> c == ';').count();
    return written != members.stream().mapToInt(member -> member.parameters().size()).sum();
  }

  @Test
  void h1_listsAreReadAsStructuredFieldsReadsThem() {
    List<List<String>> lists = LISTS.texts().map(List::of).toList();
    assertThat(lists.stream().filter(lines -> !parsed(lines).equals(parsedByLibrary(lines))))
        .isEmpty();
    assertThat(lists.stream().map(lines -> parsed(lines).isPresent())).contains(true, false);
  }

  @Test
  void h2_theLinesOfAFieldFormOneList() {
    assertThat(QuotaList.parse(List.of("\"a\";q=1", "\"b\";q=2, \"c\"")))
        .containsExactly(
            new Member("a", Map.of("q", 1L)),
            new Member("b", Map.of("q", 2L)),
            new Member("c", Map.of()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"limit=100", "\"api\";q", "\"api\";q=1.0", "\"api\",", "api;q=1", "\"a\";q=1;q=2"})
  void h1_anInvalidListIsAnErrorWithItsPlace(String line) {
    assertThatThrownBy(() -> QuotaList.parse(List.of(line)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching("(.*must|expected|duplicate).*, at character \\d+ of: .*");
  }

  @Test
  void h1_bothFieldsNameTheSamePolicies() {
    List<String> policies = List.of("\"a\";q=2;w=60, \"b\";q=5;w=60");
    assertThat(ReportedQuota.of(policies, List.of("\"a\";r=1;t=30, \"b\";r=4;t=12")))
        .containsExactly(
            new ReportedQuota("a", 2, 60, 1, 30), new ReportedQuota("b", 5, 60, 4, 12));
    for (String states :
        List.of("\"a\";r=1;t=30", "\"b\";r=4;t=12, \"a\";r=1;t=30", "\"a\";r=1, \"b\";r=4;t=12")) {
      assertThatThrownBy(() -> ReportedQuota.of(policies, List.of(states)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("must");
    }
  }
}
