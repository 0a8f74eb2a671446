package io.traffik.http;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** All spellings of a path convert to one text (rule K2). */
final class RequestPathTest {

  @ParameterizedTest
  @CsvSource({
    "'', /",
    "/, /",
    "*, /*",
    "/%, /%",
    "/%4, /%4",
    "/%g1, /%g1",
    "/%C3%A4, /\u00e4",
    "/%FF, /\ufffd",
    "/a+b, /a+b",
    "/a%2Fb, /a/b",
    "/a%2fb, /a/b",
    "//a//b//, /a/b",
    "/./a/../b, /./a/../b",
    ";a/b, /b"
  })
  void k2_decodingNeverFails(String raw, String decoded) {
    assertThat(RequestPath.decode(raw)).isEqualTo(decoded);
  }

  @ParameterizedTest
  @CsvSource({
    "/./a, /a",
    "/a/%2e/b, /a/b",
    "/a/..;x/b, /b",
    "/a/b%2f%2E%2e, /a",
    "/../../a, /a",
    "/a/.., /",
    "/a/.b/..c, /a/.b/..c"
  })
  void k2_dotSegmentsAreResolvedAfterDecoding(String raw, String resolved) {
    assertThat(RequestPath.normalize(raw)).isEqualTo(resolved);
  }

  @Property
  void k2_noPathHasEmptySegments(@ForAll String raw) {
    for (String path : new String[] {RequestPath.decode(raw), RequestPath.normalize(raw)}) {
      assertThat(path).startsWith("/").doesNotContain("//");
      assertThat(path.length() == 1 || !path.endsWith("/")).isTrue();
    }
  }
}
