package io.traffik.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.traffik.Backend;
import io.traffik.Throttle;
import io.traffik.memory.InMemoryBackend;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import java.net.http.HttpResponse;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Filters that the container makes by class name, with init parameters. */
final class WebXmlTest {

  private static void declare(ServletContext context, Map<String, String> parameters) {
    FilterRegistration.Dynamic filter = context.addFilter("limit", ThrottleFilter.class.getName());
    filter.setInitParameters(parameters);
    filter.setAsyncSupported(true);
    filter.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, "/*");
    Page.saying("served").at(context, "/page");
    Page.saying("other").at(context, "/other");
    Page.saying("error page").at(context, ServletServer.ERROR_PAGE);
  }

  private static Site start(ServletServer server, Map<String, String> parameters) throws Exception {
    return server.start(context -> declare(context, parameters));
  }

  @ParameterizedTest
  @EnumSource
  void h1_aRateIsEnough(ServletServer server) throws Exception {
    try (Site site = start(server, Map.of("rate", " 2/day "))) {
      assertThat(ReportedQuota.in(site.get("/page")))
          .extracting(ReportedQuota::name)
          .containsExactly("limit");
      site.get("/page");
      ReportedQuota.assertDenied(site.get("/page"), "limit");
      assertThat(site.get("/other").statusCode()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @EnumSource
  void h1_everyChoiceCounts(ServletServer server) throws Exception {
    Map<String, String> choices =
        Map.of(
            "rate", "10/day,\n 100 per day (capacity 50)",
            "uid", "site",
            "scope", "all_routes",
            "cost", "3",
            "onBackendFailure", "Raise",
            "onAnonymous", "deny",
            "rateLimitHeaders", "both",
            "maxKeys", "2");
    try (Site site = start(server, choices)) {
      HttpResponse<String> first = site.get("/page");
      assertThat(ReportedQuota.in(first))
          .extracting(ReportedQuota::name)
          .containsExactly("site-1", "site-2");
      assertThat(ReportedQuota.in(first)).extracting(ReportedQuota::r).containsExactly(7L, 47L);
      assertThat(ReportedQuota.in(first)).extracting(ReportedQuota::q).containsExactly(10L, 50L);
      assertThat(first.headers().firstValue("X-RateLimit-Remaining")).hasValue("7");
      assertThat(ReportedQuota.in(site.get("/other")))
          .extracting(ReportedQuota::r)
          .containsExactly(4L, 44L);
    }
  }

  @ParameterizedTest
  @EnumSource
  void k3_theScopeIsChosen(ServletServer server) throws Exception {
    try (Site site = start(server, Map.of("rate", "9/day", "scope", " ROUTE "))) {
      assertThat(ReportedQuota.in(site.get("/page")))
          .extracting(ReportedQuota::r)
          .containsExactly(8L);
      assertThat(ReportedQuota.in(site.send("POST", "/page")))
          .extracting(ReportedQuota::r)
          .containsExactly(7L);
      assertThat(ReportedQuota.in(site.get("/other")))
          .extracting(ReportedQuota::r)
          .containsExactly(8L);
    }
    try (Site site = start(server, Map.of("rate", "9/day", "scope", "method_and_route"))) {
      assertThat(ReportedQuota.in(site.get("/page")))
          .extracting(ReportedQuota::r)
          .containsExactly(8L);
      assertThat(ReportedQuota.in(site.send("POST", "/page")))
          .extracting(ReportedQuota::r)
          .containsExactly(8L);
    }
  }

  @ParameterizedTest
  @EnumSource
  void l3_l5_theApplicationsBackendIsUsedAndNotClosed(ServletServer server) throws Exception {
    Backend application = InMemoryBackend.create("application");
    Throttle same = Throttle.builder("limit").rate("9/day").backend(application).build();
    try (Site site =
        server.start(
            context -> {
              context.setAttribute(ServletView.BACKEND, application);
              declare(context, Map.of("rate", "9/day"));
            })) {
      site.get("/page");
    }
    assertThat(same.peek(new Loopback("GET", "/page")).remaining()).isEqualTo(8);
  }

  @ParameterizedTest
  @EnumSource
  void l3_theFiltersOwnBackendIsClosedWithIt(ServletServer server) throws Exception {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    try (Site site =
        server.start(
            context -> {
              ThrottleFilter filter = context.createFilter(ThrottleFilter.class);
              FilterRegistration.Dynamic registration = context.addFilter("limit", filter);
              registration.setInitParameter("rate", "9/day");
              registration.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, "/*");
              new Page(
                      (request, response) -> {
                        Collections.list(request.getAttributeNames())
                            .forEach(request::removeAttribute);
                        filter.destroy();
                        thrown.set(
                            catchThrowable(
                                () -> filter.doFilter(request, response, (asked, answer) -> {})));
                      })
                  .at(context, "/page");
            })) {
      site.get("/page");
    }
    assertThat(thrown.get())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("backend must not be used after close: \"limit\"");
  }

  @ParameterizedTest
  @EnumSource
  void t4_whatIsWrongIsSaidWhenTheApplicationStarts(ServletServer server) {
    record Wrong(String name, String value, String message) {}
    for (Wrong wrong :
        List.of(
            new Wrong("rate", "", "rate must be given, 100/min say, several with commas between"),
            new Wrong("rate", "5/s,,6/s", "with commas between them: \"5/s,,6/s\""),
            new Wrong("rate", "3/min,", "with commas between them: \"3/min,\""),
            new Wrong("rate", "fast", "rate must read like 100/min"),
            new Wrong("rate", "0/s", "limit must be at least 1: 0"),
            new Wrong("uid", " ", "uid must not be blank"),
            new Wrong(
                "scope", "path", "scope must be METHOD_AND_ROUTE, ROUTE or ALL_ROUTES: \"path\""),
            new Wrong("cost", "one", "cost must be a whole number: \"one\""),
            new Wrong("cost", "-1", "cost of throttle \"limit\" must be at least 0: -1"),
            new Wrong(
                "onBackendFailure", "panic", "must be one of [ALLOW, DENY, THROW]: \"panic\""),
            new Wrong(
                "onAnonymous", "", "onAnonymous must be one of [THROW, DENY, SHARED, EXEMPT]"),
            new Wrong(
                "rateLimitHeaders",
                "all",
                "must be one of [STANDARD, LEGACY, BOTH, NONE]: \"all\""),
            new Wrong("maxKeys", "0", "maxKeys must be from 1 to 1000000000: 0"),
            new Wrong("maxKeys", "many", "maxKeys must be a whole number: \"many\""),
            new Wrong("Rate", "5/s", "init parameter must be one of [cost, maxKeys,"))) {
      Map<String, String> parameters =
          wrong.name.equals("rate")
              ? Map.of("rate", wrong.value)
              : Map.of("rate", "9/day", wrong.name, wrong.value);
      assertThatThrownBy(() -> start(server, parameters).close())
          .as(wrong.toString())
          .hasStackTraceContaining("filter \"limit\": ")
          .hasStackTraceContaining(wrong.message);
    }
    assertThatThrownBy(() -> start(server, Map.of()).close())
        .hasStackTraceContaining("filter \"limit\": rate must be given");
  }

  @ParameterizedTest
  @EnumSource
  void t4_aBoundForAnotherBackendThanItsOwnIsRefused(ServletServer server) {
    assertThatThrownBy(
            () ->
                server
                    .start(
                        context -> {
                          context.setAttribute(
                              ServletView.BACKEND, InMemoryBackend.create("application"));
                          declare(context, Map.of("rate", "9/day", "maxKeys", "10"));
                        })
                    .close())
        .hasStackTraceContaining("maxKeys must not be given beside the application's backend: 10");
  }

  @ParameterizedTest
  @EnumSource
  void t4_aFilterMadeWithThrottlesTakesNoParameters(ServletServer server) {
    Throttle api = Throttle.builder("api").rate("9/day").build();
    assertThatThrownBy(
            () ->
                server
                    .start(
                        context -> {
                          FilterRegistration.Dynamic filter =
                              context.addFilter("limit", ThrottleFilter.of(api));
                          filter.setInitParameter("rate", "5/s");
                          filter.addMappingForUrlPatterns(
                              EnumSet.of(DispatcherType.REQUEST), true, "/*");
                        })
                    .close())
        .hasStackTraceContaining(
            "a filter made with throttles must have no init parameters: \"rate\"");
  }
}
