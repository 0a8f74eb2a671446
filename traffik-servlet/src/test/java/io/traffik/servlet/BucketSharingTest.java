package io.traffik.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Identifier;
import io.traffik.Identity;
import io.traffik.Scope;
import io.traffik.Throttle;
import io.traffik.ThrottleBuilder;
import io.traffik.memory.InMemoryBackend;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests that share a bucket, and requests that do not. */
final class BucketSharingTest {

  private static final Identifier BY_KEY =
      view -> {
        String key = view.header("X-Api-Key");
        return key == null ? null : Identity.of("key " + key);
      };

  private final CountingServlet reports = CountingServlet.responding("report");

  private final Throttle api = allows100().build();

  /** A throttle whose remaining tokens tell whether paths share a bucket. */
  private final Throttle byPath = allows100().scope(Scope.PATH).build();

  /** Allows 100 requests per hour, on a clock that does not move. */
  private static ThrottleBuilder allows100() {
    return Throttle.builder("api")
        .rate("100/h")
        .identifier(BY_KEY.or(Identifier.remoteAddress()))
        .backend(InMemoryBackend.builder("buckets").clock(() -> 0).build());
  }

  private TestApplication start(ServletServer server) throws Exception {
    return server.start(
        "/app",
        context -> {
          ThrottleFilter.of(api).register(context, "/*");
          reports.map(context, "/report");
          CountingServlet.responding("other").map(context, "/other");
          CountingServlet.responding("api").map(context, "/api/*");
          CountingServlet.responding("action").map(context, "*.do");
        });
  }

  private static long remaining(HttpResponse<?> response) {
    return ResponseQuota.of(response).get(0).r();
  }

  /** Reads the remaining tokens from a raw response: 100 minus the requests to its bucket. */
  private static long remaining(String rawResponse) {
    String prefix = "RateLimit: \"api\";r=";
    int from = rawResponse.indexOf(prefix) + prefix.length();
    assertThat(rawResponse).contains(prefix);
    return Long.parseLong(rawResponse.substring(from, rawResponse.indexOf(';', from)));
  }

  @ParameterizedTest
  @EnumSource
  void h4_b3_exactlyTheLimitOfTwoThousandConcurrentRequestsIsServed(ServletServer server)
      throws Exception {
    int threads = 8;
    int each = 250;
    try (TestApplication app = start(server)) {
      ExecutorService clients = Executors.newFixedThreadPool(threads);
      List<Future<List<HttpResponse<String>>>> sent = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        sent.add(
            clients.submit(
                () -> {
                  List<HttpResponse<String>> responses = new ArrayList<>();
                  for (int n = 0; n < each; n++) {
                    responses.add(app.get("/report"));
                  }
                  return responses;
                }));
      }
      List<Long> remaining = new ArrayList<>();
      int denied = 0;
      for (Future<List<HttpResponse<String>>> batch : sent) {
        for (HttpResponse<String> response : batch.get()) {
          if (response.statusCode() == 200) {
            remaining.add(remaining(response));
          } else {
            denied++;
            ResponseQuota.assertDenied(response, "api", 36);
            assertThat(ResponseQuota.of(response))
                .containsExactly(new ResponseQuota("api", 100, 3600, 0, 3600));
          }
        }
      }
      clients.shutdown();

      assertThat(reports.requests()).isEqualTo(100);
      assertThat(remaining).hasSize(100).doesNotHaveDuplicates();
      assertThat(denied).isEqualTo(threads * each - 100);
      assertThat(remaining(app.get("/other"))).as("another route").isEqualTo(99);
      assertThat(remaining(app.get("/report", "X-Api-Key", "1"))).as("another key").isEqualTo(99);
      assertThat(remaining(app.rawFrom(TestApplication.loopback(2), "GET", "/report")))
          .as("another address")
          .isEqualTo(99);
      assertThat(app.get("/report").statusCode()).isEqualTo(429);
    }
  }

  @ParameterizedTest
  @EnumSource
  void k2_spellingsOfOneResourceShareABucket(ServletServer server) throws Exception {
    try (TestApplication app = start(server)) {
      long expected = 99;
      for (String spelling :
          List.of(
              "/report",
              "/repor%74",
              "/%72%65%70%6f%72%74",
              "/%72%65%70%6F%72%74",
              "/report;a=1",
              "/report;a=1;b",
              "/report?x",
              "/./report",
              "/x/../report",
              "/x;y/../report;z")) {
        assertThat(remaining(app.raw("GET", spelling))).as(spelling).isEqualTo(expected--);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void k2_spellingsOfOnePathShareABucketInScopePath(ServletServer server) throws Exception {
    try (TestApplication app =
        server.start(
            "/app",
            context -> {
              ThrottleFilter.of(byPath).register(context, "/*");
              CountingServlet.responding("front").map(context, "/");
            })) {
      long expected = 99;
      for (String spelling :
          List.of("/a/b", "/a/%62", "/a;x/b;y", "/a/b/", "/a/./b", "/a/c/../b", "/a/b/;x=1")) {
        assertThat(remaining(app.raw("GET", spelling))).as(spelling).isEqualTo(expected--);
      }
      if (server == ServletServer.TOMCAT) {
        for (String spelling : List.of("//a//b", "/a/b//", "/a/%2e/b", "/a/c/%2E%2e/b")) {
          assertThat(remaining(app.raw("GET", spelling))).as(spelling).isEqualTo(expected--);
        }
      }
      assertThat(remaining(app.raw("GET", "/a/c"))).as("another path").isEqualTo(99);
      assertThat(remaining(app.raw("GET", "/a/b%3Bx"))).as("an encoded one").isEqualTo(99);
      assertThat(remaining(app.raw("GET", "/"))).as("the root").isEqualTo(99);
      assertThat(remaining(app.raw("GET", "/;x"))).as("the root").isEqualTo(98);
    }
  }

  /** Jetty does not decode such a path, and Tomcat keeps the slash as the client spelled it. */
  @ParameterizedTest
  @EnumSource
  void k2_spellingsWithEncodedSlashesShareABucketOnLenientServers(ServletServer server)
      throws Exception {
    try (TestApplication app =
        server.start(
            "/app",
            true,
            context -> {
              ThrottleFilter.of(byPath).register(context, "/*");
              CountingServlet.responding("front").map(context, "/");
            })) {
      long expected = 99;
      for (String spelling :
          List.of("/a%2fb/c", "/a%2Fb/c", "/a%2fb;x/%63", "/a%2fb/./c", "/x/../a%2fb/c")) {
        assertThat(remaining(app.raw("GET", spelling))).as(spelling).isEqualTo(expected--);
      }
      assertThat(remaining(app.raw("GET", "/a%5cb"))).as("another path").isEqualTo(99);
      assertThat(remaining(app.raw("GET", "/a%5Cb"))).isEqualTo(98);
      if (server == ServletServer.JETTY) {
        for (String spelling : List.of("/a//b/c", "/a/%2e/b//c", "/x/%2E%2e/a/b/c/")) {
          assertThat(remaining(app.raw("GET", spelling))).as(spelling).isEqualTo(expected--);
        }
        assertThat(remaining(app.raw("GET", "/%25"))).as("another path").isEqualTo(99);
        assertThat(remaining(app.raw("GET", "/%2e/%25"))).isEqualTo(98);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void k2_theContextPathHasOneSpelling(ServletServer server) throws Exception {
    try (TestApplication app =
        server.start(
            "/app",
            context -> {
              ThrottleFilter.of(byPath).register(context, "/*");
              reports.map(context, "/report");
              CountingServlet.responding("front").map(context, "/");
            })) {
      for (String path : List.of("/report", "/a/b")) {
        assertThat(remaining(app.rawWhole("GET", "/app" + path))).isEqualTo(99);
        assertThat(remaining(app.rawWhole("GET", "/%61pp" + path))).isEqualTo(98);
        assertThat(remaining(app.rawWhole("GET", "/a%70%70" + path))).isEqualTo(97);
        assertThat(remaining(app.rawWhole("GET", "/x/../app" + path))).isEqualTo(96);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void i1_addressHeadersGiveNoNewBucket(ServletServer server) throws Exception {
    try (TestApplication app = start(server)) {
      long expected = 99;
      for (String name : List.of("X-Forwarded-For", "Forwarded", "X-Real-IP", "Client-IP")) {
        String claim = name.equals("Forwarded") ? "for=198.51.100.7" : "198.51.100.7";
        assertThat(remaining(app.get("/report", name, claim))).as(name).isEqualTo(expected--);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void k2_requestsOfOneMappingShareABucket(ServletServer server) throws Exception {
    try (TestApplication app = start(server)) {
      assertThat(remaining(app.get("/api/a"))).isEqualTo(99);
      assertThat(remaining(app.get("/api/b/c"))).isEqualTo(98);
      assertThat(remaining(app.get("/api"))).isEqualTo(97);
      assertThat(remaining(app.get("/a.do"))).isEqualTo(99);
      assertThat(remaining(app.get("/x/b.do"))).isEqualTo(98);
    }
  }

  @ParameterizedTest
  @EnumSource
  void k2_aMappingOfAllPathsIsOneRoute(ServletServer server) throws Exception {
    for (String mapping : List.of("/*", "/")) {
      Throttle fresh = allows100().build();
      try (TestApplication app =
          server.start(
              context -> {
                ThrottleFilter.of(fresh).register(context, "/*");
                CountingServlet.responding("root").map(context, "");
                CountingServlet.responding("all").map(context, mapping);
              })) {
        assertThat(remaining(app.get("/a"))).as(mapping).isEqualTo(99);
        assertThat(remaining(app.get("/b"))).as(mapping).isEqualTo(98);
        assertThat(remaining(app.get("/a/c"))).as(mapping).isEqualTo(97);
        if (mapping.equals("/")) {
          assertThat(remaining(app.get("/"))).as("the servlet of the root").isEqualTo(99);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void k2_unknownMethodsAndOverridesGiveNoNewBucket(ServletServer server) throws Exception {
    try (TestApplication app = start(server)) {
      assertThat(remaining(app.send("POST", "/report"))).isEqualTo(99);
      assertThat(remaining(app.send("GET", "/report"))).isEqualTo(99);
      assertThat(remaining(app.send("GET", "/report", "X-HTTP-Method-Override", "PUT")))
          .isEqualTo(98);
      assertThat(remaining(app.raw("HEAD", "/report"))).isEqualTo(97);
      assertThat(remaining(app.raw("BREW", "/report"))).isEqualTo(99);
      assertThat(remaining(app.raw("FOO", "/report"))).isEqualTo(98);
      assertThat(remaining(app.raw("GeT", "/report"))).isEqualTo(97);
      assertThat(remaining(app.raw("PROPFIND", "/report"))).isEqualTo(96);
    }
  }

  @ParameterizedTest
  @EnumSource
  void k2_missingPathsShareABucket(ServletServer server) throws Exception {
    try (TestApplication app = start(server)) {
      for (int i = 0; i < 100; i++) {
        assertThat(app.get("/missing/" + i).statusCode()).isEqualTo(404);
      }
      assertThat(app.get("/missing").statusCode()).isEqualTo(429);
    }
  }
}
