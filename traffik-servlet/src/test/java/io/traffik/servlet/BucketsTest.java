package io.traffik.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Identifier;
import io.traffik.Identity;
import io.traffik.Throttle;
import io.traffik.memory.InMemoryBackend;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which requests share a bucket. */
final class BucketsTest {

  private static final Identifier BY_KEY =
      view -> {
        String key = view.header("X-Api-Key");
        return key == null ? null : Identity.of("key " + key);
      };

  private final Page reports = Page.saying("report");

  /** 100 per hour, on a clock that stands still. */
  private final Throttle api =
      Throttle.builder("api")
          .rate("100/h")
          .identifier(BY_KEY.or(Identifier.remoteAddress()))
          .backend(InMemoryBackend.builder("buckets").clock(() -> 0).build())
          .build();

  private Site start(ServletServer server) throws Exception {
    return server.start(
        "/app",
        context -> {
          ThrottleFilter.of(api).register(context, "/*");
          reports.at(context, "/report");
          Page.saying("other").at(context, "/other");
          Page.saying("api").at(context, "/api/*");
          Page.saying("action").at(context, "*.do");
        });
  }

  private static long remaining(HttpResponse<?> answer) {
    return ReportedQuota.in(answer).get(0).r();
  }

  /** What a raw answer says is left; 100 less the requests that its bucket has seen. */
  private static long remaining(String rawAnswer) {
    String mark = "RateLimit: \"api\";r=";
    int from = rawAnswer.indexOf(mark) + mark.length();
    assertThat(rawAnswer).contains(mark);
    return Long.parseLong(rawAnswer.substring(from, rawAnswer.indexOf(';', from)));
  }

  @ParameterizedTest
  @EnumSource
  void h4_b3_ofTwoThousandRequestsAtOnceExactlyTheLimitIsServed(ServletServer server)
      throws Exception {
    int threads = 8;
    int each = 250;
    try (Site site = start(server)) {
      ExecutorService clients = Executors.newFixedThreadPool(threads);
      List<Future<List<HttpResponse<String>>>> sent = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        sent.add(
            clients.submit(
                () -> {
                  List<HttpResponse<String>> answers = new ArrayList<>();
                  for (int n = 0; n < each; n++) {
                    answers.add(site.get("/report"));
                  }
                  return answers;
                }));
      }
      List<Long> left = new ArrayList<>();
      int denied = 0;
      for (Future<List<HttpResponse<String>>> batch : sent) {
        for (HttpResponse<String> answer : batch.get()) {
          if (answer.statusCode() == 200) {
            left.add(remaining(answer));
          } else {
            denied++;
            ReportedQuota.assertDenied(answer, "api", 36);
            assertThat(ReportedQuota.in(answer))
                .containsExactly(new ReportedQuota("api", 100, 3600, 0, 3600));
          }
        }
      }
      clients.shutdown();

      assertThat(reports.runs()).isEqualTo(100);
      assertThat(left).hasSize(100).doesNotHaveDuplicates();
      assertThat(denied).isEqualTo(threads * each - 100);
      assertThat(remaining(site.get("/other"))).as("another route").isEqualTo(99);
      assertThat(remaining(site.get("/report", "X-Api-Key", "1"))).as("another key").isEqualTo(99);
      assertThat(remaining(site.rawFrom(Site.loopback(2), "GET", "/report")))
          .as("another address")
          .isEqualTo(99);
      assertThat(site.get("/report").statusCode()).isEqualTo(429);
    }
  }

  @ParameterizedTest
  @EnumSource
  void k2_spellingsOfOneResourceShareABucket(ServletServer server) throws Exception {
    try (Site site = start(server)) {
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
        assertThat(remaining(site.raw("GET", spelling))).as(spelling).isEqualTo(expected--);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void k2_spellingsOfOnePathShareABucketWhereNoMappingSaysMore(ServletServer server)
      throws Exception {
    try (Site site =
        server.start(
            "/app",
            context -> {
              ThrottleFilter.of(api).register(context, "/*");
              Page.saying("front").at(context, "/");
            })) {
      long expected = 99;
      for (String spelling :
          List.of("/a/b", "/a/%62", "/a;x/b;y", "/a/b/", "/a/./b", "/a/c/../b", "/a/b/;x=1")) {
        assertThat(remaining(site.raw("GET", spelling))).as(spelling).isEqualTo(expected--);
      }
      if (server == ServletServer.TOMCAT) {
        for (String spelling : List.of("//a//b", "/a/b//", "/a/%2e/b", "/a/c/%2E%2e/b")) {
          assertThat(remaining(site.raw("GET", spelling))).as(spelling).isEqualTo(expected--);
        }
      }
      assertThat(remaining(site.raw("GET", "/a/c"))).as("another path").isEqualTo(99);
      assertThat(remaining(site.raw("GET", "/a/b%3Bx"))).as("an encoded one").isEqualTo(99);
      assertThat(remaining(site.raw("GET", "/"))).as("the root").isEqualTo(99);
      assertThat(remaining(site.raw("GET", "/;x"))).as("the root").isEqualTo(98);
    }
  }

  /** Jetty does not say what it made of such a path, and Tomcat leaves the slash as it came. */
  @ParameterizedTest
  @EnumSource
  void k2_spellingsWithEncodedSlashesShareABucketWhereServersLetThemIn(ServletServer server)
      throws Exception {
    try (Site site =
        server.start(
            "/app",
            true,
            context -> {
              ThrottleFilter.of(api).register(context, "/*");
              Page.saying("front").at(context, "/");
            })) {
      long expected = 99;
      for (String spelling :
          List.of("/a%2fb/c", "/a%2Fb/c", "/a%2fb;x/%63", "/a%2fb/./c", "/x/../a%2fb/c")) {
        assertThat(remaining(site.raw("GET", spelling))).as(spelling).isEqualTo(expected--);
      }
      assertThat(remaining(site.raw("GET", "/a%5cb"))).as("another path").isEqualTo(99);
      assertThat(remaining(site.raw("GET", "/a%5Cb"))).isEqualTo(98);
      if (server == ServletServer.JETTY) {
        for (String spelling : List.of("/a//b/c", "/a/%2e/b//c", "/x/%2E%2e/a/b/c/")) {
          assertThat(remaining(site.raw("GET", spelling))).as(spelling).isEqualTo(expected--);
        }
        assertThat(remaining(site.raw("GET", "/%25"))).as("another path").isEqualTo(99);
        assertThat(remaining(site.raw("GET", "/%2e/%25"))).isEqualTo(98);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void k2_theContextPathHasOneSpelling(ServletServer server) throws Exception {
    try (Site site =
        server.start(
            "/app",
            context -> {
              ThrottleFilter.of(api).register(context, "/*");
              reports.at(context, "/report");
              Page.saying("front").at(context, "/");
            })) {
      for (String path : List.of("/report", "/a/b")) {
        assertThat(remaining(site.rawWhole("GET", "/app" + path))).isEqualTo(99);
        assertThat(remaining(site.rawWhole("GET", "/%61pp" + path))).isEqualTo(98);
        assertThat(remaining(site.rawWhole("GET", "/a%70%70" + path))).isEqualTo(97);
        assertThat(remaining(site.rawWhole("GET", "/x/../app" + path))).isEqualTo(96);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void i1_whatAHeaderClaimsGivesNoFreshBucket(ServletServer server) throws Exception {
    try (Site site = start(server)) {
      long expected = 99;
      for (String name : List.of("X-Forwarded-For", "Forwarded", "X-Real-IP", "Client-IP")) {
        String claim = name.equals("Forwarded") ? "for=198.51.100.7" : "198.51.100.7";
        assertThat(remaining(site.get("/report", name, claim))).as(name).isEqualTo(expected--);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void k2_requestsOfOneMappingShareABucket(ServletServer server) throws Exception {
    try (Site site = start(server)) {
      assertThat(remaining(site.get("/api/a"))).isEqualTo(99);
      assertThat(remaining(site.get("/api/b/c"))).isEqualTo(98);
      assertThat(remaining(site.get("/api"))).isEqualTo(97);
      assertThat(remaining(site.get("/a.do"))).isEqualTo(99);
      assertThat(remaining(site.get("/x/b.do"))).isEqualTo(98);
    }
  }

  @ParameterizedTest
  @EnumSource
  void k2_aStarMappingGivesABucketPerPath(ServletServer server) throws Exception {
    try (Site site =
        server.start(
            context -> {
              ThrottleFilter.of(api).register(context, "/*");
              Page.saying("all").at(context, "/*");
            })) {
      assertThat(remaining(site.get("/a"))).isEqualTo(99);
      assertThat(remaining(site.get("/b"))).isEqualTo(99);
      assertThat(remaining(site.get("/a/"))).isEqualTo(98);
    }
  }

  @ParameterizedTest
  @EnumSource
  void k2_madeUpMethodsAndOverridesGiveNoFreshBucket(ServletServer server) throws Exception {
    try (Site site = start(server)) {
      assertThat(remaining(site.send("POST", "/report"))).isEqualTo(99);
      assertThat(remaining(site.send("GET", "/report"))).isEqualTo(99);
      assertThat(remaining(site.send("GET", "/report", "X-HTTP-Method-Override", "PUT")))
          .isEqualTo(98);
      assertThat(remaining(site.raw("HEAD", "/report"))).isEqualTo(97);
      assertThat(remaining(site.raw("BREW", "/report"))).isEqualTo(99);
      assertThat(remaining(site.raw("FOO", "/report"))).isEqualTo(98);
      assertThat(remaining(site.raw("GeT", "/report"))).isEqualTo(97);
      assertThat(remaining(site.raw("PROPFIND", "/report"))).isEqualTo(96);
    }
  }

  @ParameterizedTest
  @EnumSource
  void k2_whatIsNotThereIsThrottledToo(ServletServer server) throws Exception {
    try (Site site = start(server)) {
      HttpResponse<String> missing = site.get("/missing");
      assertThat(missing.statusCode()).isEqualTo(404);
      for (int i = 0; i < 99; i++) {
        assertThat(site.get("/missing").statusCode()).isEqualTo(404);
      }
      assertThat(site.get("/missing").statusCode()).isEqualTo(429);
    }
  }
}
