package io.traffik.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

  @ParameterizedTest
  @CsvSource({
    "/chat, /chat",
    "/chat?a=/b#c, /chat",
    "/chat#c?d, /chat",
    "//chat, /chat",
    "//x/chat, /x/chat",
    "///x//chat//, /x/chat",
    "//x:80/chat, /x:80/chat",
    "http://x/chat, /chat",
    "HTTP://x:80/chat?q=1, /chat",
    "http://x//chat, /chat",
    "ws://user:word@[::1]:80/chat, /chat",
    "http://x, /",
    "http://x?q=/chat, /",
    "http://, /",
    "http:/chat, /http:/chat",
    "://x/chat, /:/x/chat",
    "/http://x/chat, /http:/x/chat",
    "*, /*",
    "x:443, /x:443",
    "chat, /chat",
    "'', /",
    "?, /"
  })
  void k2_aTargetOfAnyFormHasOnePath(String target, String path) {
    assertThat(RequestPath.fromTarget(target)).isEqualTo(path);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r", "\r\n", "\0", "\t", "\u000b", "\u007f", "\u0085", "\u2028"})
  void k2_controlCharactersNeitherHideNorSplitThePath(String control) {
    assertThat(RequestPath.fromTarget("/chat" + control + "?q")).isEqualTo("/chat" + control);
    assertThat(RequestPath.fromTarget("/chat?q" + control + "/x")).isEqualTo("/chat");
    assertThat(RequestPath.fromTarget(control + "//x/chat")).isEqualTo("/" + control + "/x/chat");
    assertThat(RequestPath.fromTarget("http://x" + control + "/chat")).isEqualTo("/chat");
    StringBuilder encoded = new StringBuilder();
    for (byte b : control.getBytes(StandardCharsets.UTF_8)) {
      encoded.append(String.format("%%%02x", b));
    }
    assertThat(RequestPath.fromTarget("/chat" + encoded)).isEqualTo("/chat" + control);
  }

  @ParameterizedTest
  @CsvSource({
    "'', /",
    "/, /",
    "//a//b//, /a/b",
    "a, /a",
    "/a%2fb%5cc%2F, /a%2Fb%5Cc%2F",
    "/a%41, /a%41"
  })
  void k2_aDecodedPathIsNotDecodedAgain(String decoded, String path) {
    assertThat(RequestPath.ofDecoded(decoded)).isEqualTo(path);
    assertThat(RequestPath.ofDecoded(path)).isEqualTo(path);
  }

  /** A thousand targets per try, one million in all. */
  @Property(tries = 1_000)
  void k2_noTargetFailsAndItsPathIsCanonical(@ForAll long seed) {
    RandomTargets random = new RandomTargets(seed);
    for (int i = 0; i < 1_000; i++) {
      String target = random.target();
      String path = RequestPath.fromTarget(target);
      assertCanonical(path, target);
      assertCanonical(RequestPath.decode(target), target);
      assertCanonical(RequestPath.normalize(target), target);
      assertCanonical(RequestPath.ofDecoded(target), target);
      if (!RequestPath.fromTarget(RandomTargets.encode(path)).equals(path)) {
        fail("the path of \"%s\" has another path: \"%s\"", target, path);
      }
    }
  }

  private static void assertCanonical(String path, String target) {
    boolean canonical =
        path.startsWith("/") && !path.contains("//") && (path.length() == 1 || !path.endsWith("/"));
    if (!canonical) {
      fail("the path of \"%s\" has an empty segment or no slash: \"%s\"", target, path);
    }
  }

  @Property(tries = 300)
  void k2_noSpellingOfAPathIsAnotherText(@ForAll long seed) {
    RandomTargets random = new RandomTargets(seed);
    for (int i = 0; i < 1_000; i++) {
      String path = random.path();
      String spelling = random.spelling(path);
      if (!RequestPath.fromTarget(spelling).equals(path)) {
        fail(
            "\"%s\" is a spelling of \"%s\", but has the path \"%s\"",
            spelling, path, RequestPath.fromTarget(spelling));
      }
    }
  }
}
