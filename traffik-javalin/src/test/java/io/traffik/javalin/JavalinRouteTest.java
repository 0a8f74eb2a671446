package io.traffik.javalin;

import static io.traffik.javalin.Throttling.throttled;
import static org.assertj.core.api.Assertions.assertThat;

import io.javalin.config.JavalinConfig;
import io.javalin.http.staticfiles.Location;
import io.traffik.ConnectionView;
import io.traffik.Throttle;
import io.traffik.memory.InMemoryBackend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One resource has one bucket in every spelling of its path (rule K2). */
final class JavalinRouteTest {

  private final Throttle api = Throttle.builder("api").rate("1/h").build();
  private final AtomicInteger handled = new AtomicInteger();

  /** A server with a throttle before all routes, and routes of every kind. */
  private JavalinTestServer server(Consumer<JavalinConfig> options) {
    return new JavalinTestServer(
        config -> {
          options.accept(config);
          config.registerPlugin(new TraffikPlugin(TestBackends.inMemory()));
          config.routes.before("/api/*", throttled(api));
          config.routes.get("/api/a", ctx -> ctx.result("a" + handled.incrementAndGet()));
          config.routes.get("/api/b", ctx -> ctx.result("b"));
          config.routes.post("/api/a", ctx -> ctx.result("posted"));
          config.routes.get("/api/users/{id}", ctx -> ctx.result("user"));
          config.routes.get("/api/files/<path>", ctx -> ctx.result("file"));
          config.routes.get("/wrapped/{id}", throttled(api, ctx -> ctx.result("wrapped")));
        });
  }

  private JavalinTestServer server() {
    return server(config -> {});
  }

  @Test
  void k2_everyMethodAndRouteHasItsOwnBucket() throws Exception {
    try (JavalinTestServer server = server()) {
      for (int status : new int[] {200, 429}) {
        assertThat(server.status(1, "GET /api/a")).isEqualTo(status);
        assertThat(server.status(1, "GET /api/b")).isEqualTo(status);
        assertThat(server.status(1, "POST /api/a", "Content-Length: 0")).isEqualTo(status);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/api/users/1, /api/users/2",
    "/api/users/1, /api/users/%31;a=1?x=y",
    "/api/files/1, /api/files/a/b/c",
    "/wrapped/1, /wrapped/2"
  })
  void k2_theRouteIsThePathTemplateBeforeAndAtTheEndpoint(String one, String other)
      throws Exception {
    try (JavalinTestServer server = server()) {
      assertThat(server.status(1, "GET " + one)).isEqualTo(200);
      assertThat(server.status(1, "GET " + other)).isEqualTo(429);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /api/%61",
        "GET /api/a;x=1",
        "GET /api/a?x=1",
        "GET /api/a/",
        "GET /api//a",
        "GET /api/A",
        "GET /api/./a",
        "GET /api/x/../a",
        "GET /api/a%2f",
        "HEAD /api/a",
        "get /api/a",
        "FOO /api/a"
      })
  void k2_noSpellingOfARouteHasAFreshBucket(String requestLine) throws Exception {
    try (JavalinTestServer server = server()) {
      assertThat(server.status(1, "GET /api/a")).isEqualTo(200);
      // Paths that Javalin does not match to the route share the bucket of unmatched paths.
      assertThat(server.status(1, "GET /api/nothing")).isEqualTo(404);
      assertThat(server.status(1, "FOO /api/nothing")).isEqualTo(404);
      assertThat(server.status(1, requestLine)).isEqualTo(429);
      assertThat(handled).hasValue(1);
    }
  }

  @Test
  void k2_unmatchedPathsAndMethodsShareABucket() throws Exception {
    try (JavalinTestServer server = server()) {
      assertThat(server.status(1, "GET /api/nothing-1")).isEqualTo(404);
      assertThat(server.status(1, "GET /api/nothing-2")).isEqualTo(429);
      assertThat(server.status(1, "GET /api/%6eothing;3")).isEqualTo(429);
      assertThat(server.status(1, "FOO /api/nothing")).isEqualTo(404);
      assertThat(server.status(1, "BAR /api/a")).isEqualTo(429);
      assertThat(server.status(1, "BAR /api/else")).isEqualTo(429);
    }
  }

  @Test
  void k2_aThousandUnmatchedPathsMakeOneKey() throws Exception {
    InMemoryBackend backend = TestBackends.inMemory();
    Throttle all = Throttle.builder("all").rate("2000/h").build();
    try (JavalinTestServer server =
        new JavalinTestServer(
            config -> {
              config.registerPlugin(new TraffikPlugin(backend));
              config.routes.before(throttled(all));
            })) {
      for (int i = 0; i < 1_000; i++) {
        assertThat(server.get("/" + i + "/" + i).statusCode()).isEqualTo(404);
      }
      assertThat(backend.size()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "FOO", "BEFORE", "AFTER", "get"})
  void k2_theMethodIsTheOneThatJavalinRoutedBy(String method) throws Exception {
    try (JavalinTestServer server = server()) {
      assertThat(server.status(1, "GET /api/a")).isEqualTo(200);
      String override = "X-HTTP-Method-Override: " + method;
      server.status(1, "POST /api/a", override, "Content-Length: 0");
      server.status(1, "GET /api/a", override);
      assertThat(handled).hasValue(1);
      assertThat(server.status(1, "GET /api/a", "X-HTTP-Method-Override: POST"))
          .as("the handler of POST has its own bucket")
          .isEqualTo(200);
      assertThat(server.status(1, "POST /api/a", "Content-Length: 0")).isEqualTo(429);
    }
  }

  @Test
  void k2_headSharesTheBucketOfGet() throws Exception {
    try (JavalinTestServer server = server()) {
      assertThat(server.status(1, "HEAD /api/users/1")).isEqualTo(200);
      assertThat(server.status(1, "GET /api/users/2")).isEqualTo(429);
      assertThat(server.status(1, "HEAD /api/nothing")).isEqualTo(404);
      assertThat(server.status(1, "GET /api/nothing")).isEqualTo(429);
    }
  }

  private static void assertOneBucket(JavalinTestServer server, String one, String other)
      throws IOException {
    assertThat(server.status(1, "GET " + one)).isEqualTo(200);
    assertThat(server.status(1, "GET " + other)).isEqualTo(429);
  }

  @Test
  void k2_routerOptionsGiveNoFreshBucket() throws Exception {
    try (JavalinTestServer server = server(config -> config.router.caseInsensitiveRoutes = true)) {
      assertOneBucket(server, "/api/a", "/API/A");
    }
    try (JavalinTestServer server = server(config -> config.router.ignoreTrailingSlashes = true)) {
      assertOneBucket(server, "/api/a", "/api/a/");
    }
    try (JavalinTestServer server =
        server(config -> config.router.treatMultipleSlashesAsSingleSlash = true)) {
      assertOneBucket(server, "/api/a", "//api///a//");
    }
  }

  /**
   * Handlers with a pattern are not called for other spellings. A test pins it, in case Javalin
   * changes.
   */
  @Test
  void k2_h4_noSpellingOfAStaticFileBypassesAThrottleWithoutAPattern(@TempDir Path files)
      throws Exception {
    Files.writeString(files.resolve("a.txt"), "file");
    Throttle patterned = Throttle.builder("patterned").rate("1/h").build();
    for (boolean pattern : new boolean[] {true, false}) {
      try (JavalinTestServer server =
          server(
              config -> {
                config.staticFiles.add(files.toString(), Location.EXTERNAL);
                if (pattern) {
                  config.routes.before("/a.txt", throttled(patterned));
                } else {
                  config.routes.before(throttled(patterned));
                }
              })) {
        assertThat(server.get("/a.txt").body()).isEqualTo("file");
        assertThat(server.status(1, "GET /a.txt")).isEqualTo(429);
        for (String spelling : List.of("/%61.txt", "//a.txt", "/a.t%78t")) {
          assertThat(server.status(1, "GET " + spelling)).isEqualTo(pattern ? 200 : 429);
        }
      }
    }
  }

  /** Otherwise a client could choose among scopes and costs that depend on the path. */
  @Test
  void k2_k3_thePathIsInLowerCaseIfRoutesIgnoreCase() throws Exception {
    Throttle byPath = Throttle.builder("path").rate("1/h").scope(ConnectionView::path).build();
    for (boolean ignoreCase : new boolean[] {true, false}) {
      try (JavalinTestServer server =
          new JavalinTestServer(
              config -> {
                config.registerPlugin(new TraffikPlugin(TestBackends.inMemory()));
                config.router.caseInsensitiveRoutes = ignoreCase;
                config.routes.before(throttled(byPath));
                config.routes.get("/Api/{name}", ctx -> ctx.result(JavalinView.of(ctx).path()));
              })) {
        assertThat(server.get("/Api/Bob").body()).isEqualTo(ignoreCase ? "/api/bob" : "/Api/Bob");
        for (String path : List.of("/Api/%42ob", "/api/Bob", "/API/Bob")) {
          if (ignoreCase || path.startsWith("/Api")) {
            assertThat(server.status(1, "GET " + path)).as(path).isEqualTo(429);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/shop", "shop/"})
  void k2_aContextPathIsPartOfTheRoute(String contextPath) throws Exception {
    try (JavalinTestServer server = server(config -> config.router.contextPath = contextPath)) {
      assertOneBucket(server, "/shop/api/users/1", "/shop/api/users/2");
      assertOneBucket(server, "/shop/wrapped/1", "/shop/wrapped/2");
      assertThat(server.status(1, "HEAD /shop/api/a")).isEqualTo(200);
      assertThat(server.status(1, "GET /shop/api/a")).isEqualTo(429);
    }
  }

  @Test
  void k2_withoutThePluginTheRouteOfABeforeHandlerIsItsPattern() throws Exception {
    Throttle own = Throttle.builder("own").rate("1/h").backend(TestBackends.inMemory()).build();
    try (JavalinTestServer server =
        new JavalinTestServer(
            config -> {
              config.routes.before("/api/*", throttled(own));
              config.routes.get("/api/a", ctx -> ctx.result("a"));
              config.routes.get("/api/b", ctx -> ctx.result("b"));
            })) {
      assertOneBucket(server, "/api/a", "/api/b");
    }
  }
}
