package io.traffik.servlet;

import static io.traffik.servlet.ReportedQuota.assertDenied;
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

/** Several throttles on one request, in one filter or several. */
final class SeveralThrottlesTest {

  private static final Loopback PAGE = new Loopback("GET", "/page");

  private final InMemoryBackend backend = InMemoryBackend.builder("several").clock(() -> 0).build();
  private final Throttle wide = throttle("wide", "10/h").build();
  private final Throttle narrow = throttle("narrow", "2/h").build();
  private final Page page = Page.saying("served");

  private ThrottleBuilder throttle(String uid, String rate) {
    return Throttle.builder(uid).rate(rate).backend(backend);
  }

  private void assertOneListAndRefunds(Site site) throws Exception {
    assertThat(ReportedQuota.in(site.get("/page")))
        .containsExactly(
            new ReportedQuota("wide", 10, 3600, 9, 360),
            new ReportedQuota("narrow", 2, 3600, 1, 1800));
    site.get("/page");
    for (int i = 0; i < 20; i++) {
      HttpResponse<String> denied = site.get("/page");
      assertDenied(denied, "narrow", 1800);
      assertThat(ReportedQuota.in(denied))
          .containsExactly(
              new ReportedQuota("wide", 10, 3600, 8, 720),
              new ReportedQuota("narrow", 2, 3600, 0, 3600));
    }
    assertThat(wide.peek(PAGE).remaining()).isEqualTo(8);
    assertThat(narrow.peek(PAGE).remaining()).isZero();
    assertThat(page.runs()).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource
  void h2_t6_throttlesOfOneFilterMakeOneListAndGiveBack(ServletServer server) throws Exception {
    try (Site site =
        server.start(
            context -> {
              ThrottleFilter.of(wide, narrow).register(context, "/*");
              page.at(context, "/page");
            })) {
      assertOneListAndRefunds(site);
    }
  }

  @ParameterizedTest
  @EnumSource
  void h2_t6_severalFiltersMakeOneListAndGiveBack(ServletServer server) throws Exception {
    try (Site site =
        server.start(
            context -> {
              ThrottleFilter.of(wide).register(context, "/*");
              ThrottleFilter.of(narrow).register(context, "/page");
              page.at(context, "/page");
            })) {
      assertOneListAndRefunds(site);
    }
  }

  @ParameterizedTest
  @EnumSource
  void h4_aThrottleInSeveralFiltersIsChargedOnce(ServletServer server) throws Exception {
    try (Site site =
        server.start(
            context -> {
              ThrottleFilter.of(wide).register(context, "/*");
              ThrottleFilter.of(narrow, wide).register(context, "/page");
              page.at(context, "/page");
            })) {
      assertThat(ReportedQuota.in(site.get("/page")))
          .extracting(ReportedQuota::r)
          .containsExactly(9L, 1L);
    }
  }

  @ParameterizedTest
  @EnumSource
  void t6_whatALaterThrottleRaisesGivesBackToo(ServletServer server) throws Exception {
    Throttle named =
        throttle("named", "2/h")
            .identifier(
                view -> {
                  String key = view.header("X-Api-Key");
                  return key == null ? null : Identity.of(key);
                })
            .onBackendFailure(FailurePolicy.THROW)
            .build();
    try (Site site =
        server.start(
            context -> {
              ThrottleFilter.of(wide, named).register(context, "/*");
              Page.saying("error page").at(context, ServletServer.ERROR_PAGE);
              page.at(context, "/page");
            })) {
      assertThat(site.get("/page").statusCode()).isEqualTo(500);
      assertThat(wide.peek(PAGE).remaining()).isEqualTo(10);
      assertThat(site.get("/page", "X-Api-Key", "k").statusCode()).isEqualTo(200);
      assertThat(wide.peek(PAGE).remaining()).isEqualTo(9);
    }
  }

  /** A wrapper of the application's follows the forward on Tomcat; the refund must not. */
  @ParameterizedTest
  @EnumSource
  void t6_aDenialBehindAForwardGivesBackWhereItWasTaken(ServletServer server) throws Exception {
    try (Site site =
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
              new Page(
                      (request, response) ->
                          request.getRequestDispatcher("/target").forward(request, response))
                  .at(context, "/page");
              page.at(context, "/target");
            })) {
      site.get("/page");
      site.get("/page");
      assertDenied(site.get("/page"), "narrow", 1800);
      assertThat(wide.peek(PAGE).remaining()).isEqualTo(8);
    }
  }
}
