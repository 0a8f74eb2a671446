package io.traffik.servlet;

import static io.traffik.servlet.ResponseQuota.assertDenied;
import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.ConnectionThrottledException;
import io.traffik.Identifier;
import io.traffik.Identity;
import io.traffik.Scope;
import io.traffik.Throttle;
import io.traffik.ThrottleBuilder;
import io.traffik.http.RateLimitHeaders;
import io.traffik.memory.InMemoryBackend;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The responses that clients receive. */
final class ServletDenialTest {

  private static final long SECOND = 1_000_000_000;

  private final AtomicLong clock = new AtomicLong();
  private final CountingServlet page = CountingServlet.responding("served");

  private ThrottleBuilder throttle(String uid) {
    return Throttle.builder(uid)
        .backend(InMemoryBackend.builder("denial").clock(clock::get).build());
  }

  private TestApplication start(ServletServer server, ThrottleFilter filter) throws Exception {
    return server.start(
        context -> {
          filter.register(context, "/*");
          page.map(context, "/page");
        });
  }

  @ParameterizedTest
  @EnumSource
  void h1_allowedResponsesReportTheQuotaAndDenialsTheWait(ServletServer server) throws Exception {
    Throttle api = throttle("api").rate("2/min").build();
    try (TestApplication app = start(server, ThrottleFilter.of(api))) {
      HttpResponse<String> first = app.get("/page");
      assertThat(first.statusCode()).isEqualTo(200);
      assertThat(first.body()).isEqualTo("served");
      assertThat(ResponseQuota.of(first)).containsExactly(new ResponseQuota("api", 2, 60, 1, 30));
      assertThat(first.headers().firstValue("Retry-After")).isEmpty();
      assertThat(ResponseQuota.of(app.get("/page")))
          .containsExactly(new ResponseQuota("api", 2, 60, 0, 60));

      HttpResponse<String> denied = app.get("/page");
      assertDenied(denied, "api", 30);
      assertThat(ResponseQuota.of(denied)).containsExactly(new ResponseQuota("api", 2, 60, 0, 60));

      clock.addAndGet(30 * SECOND - 1);
      assertDenied(app.get("/page"), "api", 1);
      clock.addAndGet(1);
      assertThat(app.get("/page").statusCode()).isEqualTo(200);
      assertThat(page.requests()).isEqualTo(3);
    }
  }

  @ParameterizedTest
  @EnumSource
  void h6_aDenialKeepsTheFieldsThatOuterFiltersHaveSet(ServletServer server) throws Exception {
    ThrottleFilter filter = ThrottleFilter.of(throttle("api").rate("1/min").build());
    try (TestApplication app = startBehind(server, filter, OuterFilter.FIELDS)) {
      app.get("/page");
      HttpResponse<String> denied = app.get("/page");
      assertDenied(denied, "api", 60);
      assertThat(denied.headers().firstValue("Cache-Control")).hasValue("no-store");
      assertThat(denied.headers().allValues("Vary")).containsExactly("Origin", "Cookie");
    }
  }

  @ParameterizedTest
  @EnumSource
  void h1_aDenialReplacesWhatAnOuterFilterHasWritten(ServletServer server) throws Exception {
    for (OuterFilter outer : List.of(OuterFilter.STREAM, OuterFilter.WRITER)) {
      ThrottleFilter filter =
          ThrottleFilter.of(throttle("api").rate("1/min").cost(view -> 2).build());
      try (TestApplication app = startBehind(server, filter, outer)) {
        HttpResponse<String> denied = app.get("/page");
        assertDenied(denied, "api");
        assertThat(denied.body()).doesNotContain("begun");
      }
    }
  }

  private TestApplication startBehind(
      ServletServer server, ThrottleFilter filter, OuterFilter outer) throws Exception {
    return server.start(
        context -> {
          context
              .addFilter("outer", outer)
              .addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, "/*");
          filter.register(context, "/*");
          page.map(context, "/page");
        });
  }

  /** What a filter does to the response before the throttle's filter. */
  private enum OuterFilter implements Filter {
    FIELDS {
      @Override
      void begin(HttpServletResponse response) {
        response.setHeader("Cache-Control", "no-store");
        response.addHeader("Vary", "Origin");
        response.addHeader("Vary", "Cookie");
      }
    },
    STREAM {
      @Override
      void begin(HttpServletResponse response) throws IOException {
        response.getOutputStream().print("begun");
      }
    },
    WRITER {
      @Override
      void begin(HttpServletResponse response) throws IOException {
        response.getWriter().print("begun");
      }
    };

    abstract void begin(HttpServletResponse response) throws IOException;

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
        throws IOException, ServletException {
      begin((HttpServletResponse) response);
      chain.doFilter(request, response);
    }
  }

  @ParameterizedTest
  @EnumSource
  void h1_b5_retryAfterIsOmittedWhereWaitingDoesNotHelp(ServletServer server) throws Exception {
    Throttle api = throttle("api").rate("5/min").cost(view -> 6).build();
    try (TestApplication app = start(server, ThrottleFilter.of(api))) {
      HttpResponse<String> denied = app.get("/page");

      assertDenied(denied, "api");
      assertThat(denied.headers().firstValue("Retry-After")).isEmpty();
      assertThat(ResponseQuota.of(denied)).containsExactly(new ResponseQuota("api", 5, 60, 5, 0));
      assertThat(page.requests()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void h1_responsesToHeadHaveNoBody(ServletServer server) throws Exception {
    Throttle api = throttle("api").rate("1/min").build();
    try (TestApplication app = start(server, ThrottleFilter.of(api))) {
      app.get("/page");
      HttpResponse<String> denied = app.send("HEAD", "/page");

      assertThat(denied.statusCode()).isEqualTo(429);
      assertThat(denied.body()).isEmpty();
      assertThat(denied.headers().firstValue("Retry-After")).hasValue("60");
    }
  }

  @ParameterizedTest
  @EnumSource
  void h2_quotaFieldsAreSelectable(ServletServer server) throws Exception {
    Throttle api = throttle("api").rate("2/min").build();
    for (RateLimitHeaders style : RateLimitHeaders.values()) {
      clock.addAndGet(60 * SECOND);
      try (TestApplication app = start(server, ThrottleFilter.of(api).rateLimitHeaders(style))) {
        HttpResponse<String> allowed = app.get("/page");
        app.get("/page");
        HttpResponse<String> denied = app.get("/page");

        boolean standard = style == RateLimitHeaders.STANDARD || style == RateLimitHeaders.BOTH;
        boolean legacy = style == RateLimitHeaders.LEGACY || style == RateLimitHeaders.BOTH;
        assertThat(ResponseQuota.rateLimitHeaders(allowed))
            .hasSize((standard ? 2 : 0) + (legacy ? 3 : 0));
        assertThat(allowed.headers().firstValue("X-RateLimit-Remaining").isPresent())
            .isEqualTo(legacy);
        assertThat(allowed.headers().firstValue("RateLimit").isPresent()).isEqualTo(standard);
        assertThat(ResponseQuota.rateLimitHeaders(denied))
            .hasSize((standard ? 3 : 1) + (legacy ? 3 : 0));
        assertDenied(denied, "api", 30);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void i5_exemptClientsHaveNoLimitAndNoFields(ServletServer server) throws Exception {
    Identifier staff = view -> "s3cret".equals(view.header("X-Staff")) ? Identity.EXEMPT : null;
    Throttle api =
        throttle("api").rate("1/min").identifier(staff.or(Identifier.remoteAddress())).build();
    try (TestApplication app =
        start(server, ThrottleFilter.of(api).rateLimitHeaders(RateLimitHeaders.BOTH))) {
      for (int i = 0; i < 3; i++) {
        HttpResponse<String> response = app.get("/page", "x-staff", "s3cret");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(ResponseQuota.rateLimitHeaders(response)).isEmpty();
      }
      assertThat(ResponseQuota.of(app.get("/page")))
          .extracting(ResponseQuota::r)
          .containsExactly(0L);
    }
  }

  @ParameterizedTest
  @EnumSource
  void h3_noUidBreaksTheResponse(ServletServer server) throws Exception {
    String uid = "a\"b\\c\r\nSet-Cookie: x=y\r\n\r\n\u00e9\u4e16%,;";
    Throttle api = throttle(uid).rate("1/min").build();
    try (TestApplication app = start(server, ThrottleFilter.of(api))) {
      HttpResponse<String> allowed = app.get("/page");
      assertThat(allowed.body()).isEqualTo("served");
      assertThat(ResponseQuota.of(allowed))
          .extracting(ResponseQuota::name)
          .containsExactly("a\"b\\c%0D%0ASet-Cookie: x=y%0D%0A%0D%0A%C3%A9%E4%B8%96%25,;");

      HttpResponse<String> denied = app.get("/page");
      assertDenied(denied, uid, 60);
      assertThat(denied.headers().firstValue("Set-Cookie")).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void h3_headersOfAHandlerDoNotBreakTheResponse(ServletServer server) throws Exception {
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
    try (TestApplication app = start(server, ThrottleFilter.of(api))) {
      app.get("/page");
      HttpResponse<String> denied = app.get("/page");

      assertDenied(denied, "api", 7);
      assertThat(denied.headers().firstValue("Set-Cookie")).isEmpty();
      assertThat(denied.headers().firstValue("X-Plan")).hasValue("free?");
      assertThat(denied.headers().firstValue("X-Split")).hasValue("a??Set-Cookie: x=y????<html>");
    }
  }
}
