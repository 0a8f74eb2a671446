package io.traffik.servlet;

import static io.traffik.servlet.ReportedQuota.assertDenied;
import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.ConnectionThrottledException;
import io.traffik.Identifier;
import io.traffik.Identity;
import io.traffik.Scope;
import io.traffik.Throttle;
import io.traffik.ThrottleBuilder;
import io.traffik.http.RateLimitHeaders;
import io.traffik.memory.InMemoryBackend;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What clients are answered. */
final class DenialTest {

  private static final long SECOND = 1_000_000_000;

  private final AtomicLong clock = new AtomicLong();
  private final Page page = Page.saying("served");

  private ThrottleBuilder throttle(String uid) {
    return Throttle.builder(uid)
        .backend(InMemoryBackend.builder("denial").clock(clock::get).build());
  }

  private Site start(ServletServer server, ThrottleFilter filter) throws Exception {
    return server.start(
        context -> {
          filter.register(context, "/*");
          page.at(context, "/page");
        });
  }

  @ParameterizedTest
  @EnumSource
  void h1_allowedAnswersTellTheQuotaAndDenialsTheWait(ServletServer server) throws Exception {
    Throttle api = throttle("api").rate("2/min").build();
    try (Site site = start(server, ThrottleFilter.of(api))) {
      HttpResponse<String> first = site.get("/page");
      assertThat(first.statusCode()).isEqualTo(200);
      assertThat(first.body()).isEqualTo("served");
      assertThat(ReportedQuota.in(first)).containsExactly(new ReportedQuota("api", 2, 60, 1, 30));
      assertThat(first.headers().firstValue("Retry-After")).isEmpty();
      assertThat(ReportedQuota.in(site.get("/page")))
          .containsExactly(new ReportedQuota("api", 2, 60, 0, 60));

      HttpResponse<String> denied = site.get("/page");
      assertDenied(denied, "api", 30);
      assertThat(ReportedQuota.in(denied)).containsExactly(new ReportedQuota("api", 2, 60, 0, 60));

      clock.addAndGet(30 * SECOND - 1);
      assertDenied(site.get("/page"), "api", 1);
      clock.addAndGet(1);
      assertThat(site.get("/page").statusCode()).isEqualTo(200);
      assertThat(page.runs()).isEqualTo(3);
    }
  }

  @ParameterizedTest
  @EnumSource
  void h1_b5_retryAfterIsLeftOutWhereWaitingDoesNotHelp(ServletServer server) throws Exception {
    Throttle api = throttle("api").rate("5/min").cost(view -> 6).build();
    try (Site site = start(server, ThrottleFilter.of(api))) {
      HttpResponse<String> denied = site.get("/page");

      assertDenied(denied, "api");
      assertThat(denied.headers().firstValue("Retry-After")).isEmpty();
      assertThat(ReportedQuota.in(denied)).containsExactly(new ReportedQuota("api", 5, 60, 5, 0));
      assertThat(page.runs()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void h1_answersToHeadHaveNoBody(ServletServer server) throws Exception {
    Throttle api = throttle("api").rate("1/min").build();
    try (Site site = start(server, ThrottleFilter.of(api))) {
      site.get("/page");
      HttpResponse<String> denied = site.send("HEAD", "/page");

      assertThat(denied.statusCode()).isEqualTo(429);
      assertThat(denied.body()).isEmpty();
      assertThat(denied.headers().firstValue("Retry-After")).hasValue("60");
    }
  }

  @ParameterizedTest
  @EnumSource
  void h2_quotaFieldsAreChosen(ServletServer server) throws Exception {
    Throttle api = throttle("api").rate("2/min").build();
    for (RateLimitHeaders style : RateLimitHeaders.values()) {
      clock.addAndGet(60 * SECOND);
      try (Site site = start(server, ThrottleFilter.of(api).rateLimitHeaders(style))) {
        HttpResponse<String> allowed = site.get("/page");
        site.get("/page");
        HttpResponse<String> denied = site.get("/page");

        boolean standard = style == RateLimitHeaders.STANDARD || style == RateLimitHeaders.BOTH;
        boolean legacy = style == RateLimitHeaders.LEGACY || style == RateLimitHeaders.BOTH;
        assertThat(ReportedQuota.rateLimitHeaders(allowed))
            .hasSize((standard ? 2 : 0) + (legacy ? 3 : 0));
        assertThat(allowed.headers().firstValue("X-RateLimit-Remaining").isPresent())
            .isEqualTo(legacy);
        assertThat(allowed.headers().firstValue("RateLimit").isPresent()).isEqualTo(standard);
        assertThat(ReportedQuota.rateLimitHeaders(denied))
            .hasSize((standard ? 3 : 1) + (legacy ? 3 : 0));
        assertDenied(denied, "api", 30);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void i5_exemptClientsSeeNoLimitAndNoFields(ServletServer server) throws Exception {
    Identifier staff = view -> "s3cret".equals(view.header("X-Staff")) ? Identity.EXEMPT : null;
    Throttle api =
        throttle("api").rate("1/min").identifier(staff.or(Identifier.remoteAddress())).build();
    try (Site site =
        start(server, ThrottleFilter.of(api).rateLimitHeaders(RateLimitHeaders.BOTH))) {
      for (int i = 0; i < 3; i++) {
        HttpResponse<String> answer = site.get("/page", "x-staff", "s3cret");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(ReportedQuota.rateLimitHeaders(answer)).isEmpty();
      }
      assertThat(ReportedQuota.in(site.get("/page")))
          .extracting(ReportedQuota::r)
          .containsExactly(0L);
    }
  }

  @ParameterizedTest
  @EnumSource
  void h3_aUidOfAnyCharactersBreaksNoAnswer(ServletServer server) throws Exception {
    String uid = "a\"b\\c\r\nSet-Cookie: x=y\r\n\r\n\u00e9\u4e16%,;";
    Throttle api = throttle(uid).rate("1/min").build();
    try (Site site = start(server, ThrottleFilter.of(api))) {
      HttpResponse<String> allowed = site.get("/page");
      assertThat(allowed.body()).isEqualTo("served");
      assertThat(ReportedQuota.in(allowed))
          .extracting(ReportedQuota::name)
          .containsExactly("a\"b\\c%0D%0ASet-Cookie: x=y%0D%0A%0D%0A%C3%A9%E4%B8%96%25,;");

      HttpResponse<String> denied = site.get("/page");
      assertDenied(denied, uid, 60);
      assertThat(denied.headers().firstValue("Set-Cookie")).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void h3_headersOfAHandlerBreakNoAnswer(ServletServer server) throws Exception {
    Throttle api =
        throttle("api")
            .rate("1/min")
            .scope(Scope.ALL_ROUTES)
            .onThrottled(
                (view, decision, throttle) -> {
                  throw new ConnectionThrottledException(
                      throttle,
                      decision,
                      Map.of(
                          "X-Split", "a\r\nSet-Cookie: x=y\r\n\r\n<html>",
                          "X\r\nSet-Cookie", "x=y",
                          "X-Plan", "free\u00e9",
                          "content-length", "3",
                          "Transfer-Encoding", "chunked",
                          "retry-after", "7"));
                })
            .build();
    try (Site site = start(server, ThrottleFilter.of(api))) {
      site.get("/page");
      HttpResponse<String> denied = site.get("/page");

      assertDenied(denied, "api", 7);
      assertThat(denied.headers().firstValue("Set-Cookie")).isEmpty();
      assertThat(denied.headers().firstValue("X-Plan")).hasValue("free?");
      assertThat(denied.headers().firstValue("X-Split")).hasValue("a??Set-Cookie: x=y????<html>");
    }
  }
}
