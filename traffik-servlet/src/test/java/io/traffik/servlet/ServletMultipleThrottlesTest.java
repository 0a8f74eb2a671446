package io.traffik.servlet;

import static io.traffik.servlet.ResponseQuota.assertDenied;
import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.FailurePolicy;
import io.traffik.Identity;
import io.traffik.Throttle;
import io.traffik.ThrottleBuilder;
import io.traffik.memory.InMemoryBackend;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.net.http.HttpResponse;
import java.util.EnumSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Several throttles on one request, in one or in several filters. */
final class ServletMultipleThrottlesTest {

  private static final LoopbackView PAGE = new LoopbackView("GET", "/page");

  private final InMemoryBackend backend = InMemoryBackend.builder("several").clock(() -> 0).build();
  private final Throttle wide = throttle("wide", "10/h").build();
  private final Throttle narrow = throttle("narrow", "2/h").build();
  private final CountingServlet page = CountingServlet.responding("served");

  private ThrottleBuilder throttle(String uid, String rate) {
    return Throttle.builder(uid).rate(rate).backend(backend);
  }

  private void assertOneListAndRefunds(TestApplication app) throws Exception {
    assertThat(ResponseQuota.of(app.get("/page")))
        .containsExactly(
            new ResponseQuota("wide", 10, 3600, 9, 360),
            new ResponseQuota("narrow", 2, 3600, 1, 1800));
    app.get("/page");
    for (int i = 0; i < 20; i++) {
      HttpResponse<String> denied = app.get("/page");
      assertDenied(denied, "narrow", 1800);
      assertThat(ResponseQuota.of(denied))
          .containsExactly(
              new ResponseQuota("wide", 10, 3600, 8, 720),
              new ResponseQuota("narrow", 2, 3600, 0, 3600));
    }
    assertThat(wide.peek(PAGE).remaining()).isEqualTo(8);
    assertThat(narrow.peek(PAGE).remaining()).isZero();
    assertThat(page.requests()).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource
  void h2_t6_throttlesOfOneFilterFormOneListAndRefund(ServletServer server) throws Exception {
    try (TestApplication app =
        server.start(
            context -> {
              ThrottleFilter.of(wide, narrow).register(context, "/*");
              page.map(context, "/page");
            })) {
      assertOneListAndRefunds(app);
    }
  }

  @ParameterizedTest
  @EnumSource
  void h2_t6_severalFiltersFormOneListAndRefund(ServletServer server) throws Exception {
    try (TestApplication app =
        server.start(
            context -> {
              ThrottleFilter.of(wide).register(context, "/*");
              ThrottleFilter.of(narrow).register(context, "/page");
              page.map(context, "/page");
            })) {
      assertOneListAndRefunds(app);
    }
  }

  @ParameterizedTest
  @EnumSource
  void h4_aThrottleInSeveralFiltersIsChargedOnce(ServletServer server) throws Exception {
    try (TestApplication app =
        server.start(
            context -> {
              ThrottleFilter.of(wide).register(context, "/*");
              ThrottleFilter.of(narrow, wide).register(context, "/page");
              page.map(context, "/page");
            })) {
      assertThat(ResponseQuota.of(app.get("/page")))
          .extracting(ResponseQuota::r)
          .containsExactly(9L, 1L);
    }
  }

  @ParameterizedTest
  @EnumSource
  void t6_anExceptionOfALaterThrottleRefundsEarlierOnes(ServletServer server) throws Exception {
    Throttle byKey =
        throttle("byKey", "2/h")
            .identifier(
                view -> {
                  String key = view.header("X-Api-Key");
                  return key == null ? null : Identity.of(key);
                })
            .onBackendFailure(FailurePolicy.THROW)
            .build();
    try (TestApplication app =
        server.start(
            context -> {
              ThrottleFilter.of(wide, byKey).register(context, "/*");
              CountingServlet.responding("error page").map(context, ServletServer.ERROR_PAGE);
              page.map(context, "/page");
            })) {
      assertThat(app.get("/page").statusCode()).isEqualTo(500);
      assertThat(wide.peek(PAGE).remaining()).isEqualTo(10);
      assertThat(app.get("/page", "X-Api-Key", "k").statusCode()).isEqualTo(200);
      assertThat(wide.peek(PAGE).remaining()).isEqualTo(9);
    }
  }

  /** What a servlet said about its own content must not stay on the denial that replaces it. */
  @ParameterizedTest
  @EnumSource
  void h1_aDenialAfterAForwardKeepsNoContentFields(ServletServer server) throws Exception {
    try (TestApplication app =
        server.start(
            context -> {
              context
                  .addFilter("forwarded", ThrottleFilter.of(narrow))
                  .addMappingForUrlPatterns(EnumSet.of(DispatcherType.FORWARD), true, "/target");
              new CountingServlet(
                      (request, response) -> {
                        response.setHeader("Cache-Control", "public, max-age=60");
                        response.setHeader("ETag", "\"a\"");
                        response.setHeader("X-Frame-Options", "DENY");
                        request.getRequestDispatcher("/target").forward(request, response);
                      })
                  .map(context, "/page");
              page.map(context, "/target");
            })) {
      for (int i = 0; i < 2; i++) {
        app.get("/page");
      }
      HttpResponse<String> denied = app.get("/page");
      assertThat(denied.statusCode()).isEqualTo(429);
      assertThat(denied.headers().firstValue("Cache-Control")).isEmpty();
      assertThat(denied.headers().firstValue("ETag")).isEmpty();
      assertThat(denied.headers().firstValue("X-Frame-Options")).hasValue("DENY");
    }
  }

  /** On Tomcat, a request wrapper follows the forward; the refund must use the original path. */
  @ParameterizedTest
  @EnumSource
  void t6_aDenialAfterAForwardRefundsTheOriginalBucket(ServletServer server) throws Exception {
    try (TestApplication app =
        server.start(
            context -> {
              context
                  .addFilter(
                      "wrapping",
                      (request, response, chain) ->
                          chain.doFilter(
                              new HttpServletRequestWrapper((HttpServletRequest) request),
                              response))
                  .addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, "/*");
              ThrottleFilter.of(wide).register(context, "/page");
              context
                  .addFilter("forwarded", ThrottleFilter.of(narrow))
                  .addMappingForUrlPatterns(EnumSet.of(DispatcherType.FORWARD), true, "/target");
              new CountingServlet(
                      (request, response) ->
                          request.getRequestDispatcher("/target").forward(request, response))
                  .map(context, "/page");
              page.map(context, "/target");
            })) {
      app.get("/page");
      app.get("/page");
      assertDenied(app.get("/page"), "narrow", 1800);
      assertThat(wide.peek(PAGE).remaining()).isEqualTo(8);
    }
  }
}
