package io.traffik.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Identifier;
import io.traffik.Identity;
import io.traffik.Scope;
import io.traffik.Throttle;
import io.traffik.http.RateLimitHeaders;
import io.traffik.memory.InMemoryBackend;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** No bytes of a request break a response or appear in one. */
final class HostileRequestTest {

  private static final Identifier BY_KEY =
      view -> {
        String key = view.header("X-Api-Key");
        return key == null || key.isBlank() ? null : Identity.of(key);
      };

  @ParameterizedTest
  @EnumSource
  void h3_noHeaderValueBreaksTheResponse(ServletServer server) throws Exception {
    StringBuilder allBytes = new StringBuilder();
    for (char c = 0x80; c <= 0xff; c++) {
      allBytes.append(c);
    }
    List<String> keys =
        List.of(
            allBytes.toString(),
            "a\tb",
            "a%0d%0aSet-Cookie:%20x=y",
            "\"quoted\\",
            "{\"json\":true}",
            "k".repeat(6_000));
    Throttle api =
        Throttle.builder("api")
            .rate("1/h")
            .identifier(BY_KEY.or(Identifier.remoteAddress()))
            .scope(Scope.ALL_ROUTES)
            .backend(InMemoryBackend.builder("hostile").clock(() -> 0).build())
            .build();
    try (TestApplication app =
        server.start(
            context -> {
              ThrottleFilter.of(api)
                  .rateLimitHeaders(RateLimitHeaders.BOTH)
                  .register(context, "/*");
              CountingServlet.responding("served").map(context, "/page");
            })) {
      for (String key : keys) {
        String header = "X-Api-Key: " + key + "\r\n";
        String allowed = app.raw("GET", "/page", header);
        String denied = app.raw("GET", "/page", header);

        assertThat(allowed).as(key).startsWith("HTTP/1.1 200 ").contains("served");
        assertThat(denied).as(key).startsWith("HTTP/1.1 429 ").doesNotContain(key, "Set-Cookie");
        assertThat(denied).contains("\r\nRateLimit: \"api\";r=0;t=3600\r\n");
        assertThat(denied.chars()).as(key).allMatch(c -> c < 128);
      }
      String tooLarge = app.raw("GET", "/page", "X-Api-Key: " + "k".repeat(60_000) + "\r\n");
      assertThat(tooLarge).startsWith("HTTP/1.1 4");
      assertThat(app.raw("GET", "/page")).startsWith("HTTP/1.1 200 ");
    }
  }

  @ParameterizedTest
  @EnumSource
  void h3_noPathBreaksTheResponse(ServletServer server) throws Exception {
    Throttle api =
        Throttle.builder("api")
            .rate("1/h")
            .scope(Scope.PATH)
            .backend(InMemoryBackend.builder("hostile").clock(() -> 0).build())
            .build();
    try (TestApplication app =
        server.start(
            context -> {
              ThrottleFilter.of(api).register(context, "/*");
              CountingServlet.responding("served").map(context, "/");
            })) {
      for (String path :
          List.of("/%C3%A9", "/a%20b", "/%22%3Cscript%3E", "/%e4%b8%96", "/" + "p".repeat(4_000))) {
        assertThat(app.raw("GET", path)).as(path).startsWith("HTTP/1.1 200 ");
        assertThat(app.raw("GET", path))
            .as(path)
            .startsWith("HTTP/1.1 429 ")
            .doesNotContain("script", "pppp");
      }
      for (String path : List.of("/%0d%0aSet-Cookie:x=y", "/%00", "/%zz", "/\u00e9")) {
        assertThat(app.raw("GET", path)).as(path).doesNotContain("Set-Cookie: x");
      }
      assertThat(app.raw("GET", "/fresh")).startsWith("HTTP/1.1 200 ");
    }
  }
}
