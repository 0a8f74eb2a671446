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

/** Filters that the container creates by class name, with init parameters. */
final class WebXmlTest {

  private static void declare(ServletContext context, Map<String, String> parameters) {
    FilterRegistration.Dynamic filter = context.addFilter("limit", ThrottleFilter.class.getName());
    filter.setInitParameters(parameters);
    filter.setAsyncSupported(true);
    filter.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, "/*");
    CountingServlet.responding("served").map(context, "/page");
    CountingServlet.responding("other").map(context, "/other");
    CountingServlet.responding("error page").map(context, ServletServer.ERROR_PAGE);
  }

  private static TestApplication start(ServletServer server, Map<String, String> parameters)
      throws Exception {
    return server.start(context -> declare(context, parameters));
  }

  @ParameterizedTest
  @EnumSource
  void h1_onlyTheRateIsRequired(ServletServer server) throws Exception {
    try (TestApplication app = start(server, Map.of("rate", " 2/day "))) {
      assertThat(ResponseQuota.of(app.get("/page")))
          .extracting(ResponseQuota::name)
          .containsExactly("limit");
      app.get("/page");
      ResponseQuota.assertDenied(app.get("/page"), "limit");
      assertThat(app.get("/other").statusCode()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @EnumSource
  void h1_everyParameterTakesEffect(ServletServer server) throws Exception {
    Map<String, String> parameters =
        Map.of(
            "rate", "10/day,\n 100 per day (capacity 50)",
            "uid", "site",
            "scope", "all_routes",
            "cost", "3",
            "onBackendFailure", "Throw",
            "onAnonymous", "deny",
            "rateLimitHeaders", "both",
            "maxKeys", "2");
    try (TestApplication app = start(server, parameters)) {
      HttpResponse<String> first = app.get("/page");
      assertThat(ResponseQuota.of(first))
          .extracting(ResponseQuota::name)
          .containsExactly("site-1", "site-2");
      assertThat(ResponseQuota.of(first)).extracting(ResponseQuota::r).containsExactly(7L, 47L);
      assertThat(ResponseQuota.of(first)).extracting(ResponseQuota::q).containsExactly(10L, 50L);
      assertThat(first.headers().firstValue("X-RateLimit-Remaining")).hasValue("7");
      assertThat(ResponseQuota.of(app.get("/other")))
          .extracting(ResponseQuota::r)
          .containsExactly(4L, 44L);
    }
  }

  @ParameterizedTest
  @EnumSource
  void k3_theScopeIsConfigurable(ServletServer server) throws Exception {
    try (TestApplication app = start(server, Map.of("rate", "9/day", "scope", " ROUTE "))) {
      assertThat(ResponseQuota.of(app.get("/page")))
          .extracting(ResponseQuota::r)
          .containsExactly(8L);
      assertThat(ResponseQuota.of(app.send("POST", "/page")))
          .extracting(ResponseQuota::r)
          .containsExactly(7L);
      assertThat(ResponseQuota.of(app.get("/other")))
          .extracting(ResponseQuota::r)
          .containsExactly(8L);
    }
    try (TestApplication app =
        start(server, Map.of("rate", "9/day", "scope", "method_and_route"))) {
      assertThat(ResponseQuota.of(app.get("/page")))
          .extracting(ResponseQuota::r)
          .containsExactly(8L);
      assertThat(ResponseQuota.of(app.send("POST", "/page")))
          .extracting(ResponseQuota::r)
          .containsExactly(8L);
    }
  }

  @ParameterizedTest
  @EnumSource
  void l3_l5_theApplicationsBackendIsUsedAndNotClosed(ServletServer server) throws Exception {
    Backend application = InMemoryBackend.create("application");
    Throttle same = Throttle.builder("limit").rate("9/day").backend(application).build();
    try (TestApplication app =
        server.start(
            context -> {
              context.setAttribute(ServletView.BACKEND, application);
              declare(context, Map.of("rate", "9/day"));
            })) {
      app.get("/page");
    }
    assertThat(same.peek(new LoopbackView("GET", "/page")).remaining()).isEqualTo(8);
  }

  @ParameterizedTest
  @EnumSource
  void l3_theFiltersOwnBackendIsClosedWithIt(ServletServer server) throws Exception {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    try (TestApplication app =
        server.start(
            context -> {
              ThrottleFilter filter = context.createFilter(ThrottleFilter.class);
              FilterRegistration.Dynamic registration = context.addFilter("limit", filter);
              registration.setInitParameter("rate", "9/day");
              registration.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, "/*");
              new CountingServlet(
                      (request, response) -> {
                        Collections.list(request.getAttributeNames())
                            .forEach(request::removeAttribute);
                        filter.destroy();
                        thrown.set(
                            catchThrowable(
                                () ->
                                    filter.doFilter(
                                        request, response, (forwarded, ignored) -> {})));
                      })
                  .map(context, "/page");
            })) {
      app.get("/page");
    }
    assertThat(thrown.get())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("Backend \"limit\" is closed. Create a new one.");
  }

  @ParameterizedTest
  @EnumSource
  void t4_invalidParametersFailTheStart(ServletServer server) {
    record Invalid(String name, String value, String message) {}
    for (Invalid invalid :
        List.of(
            new Invalid(
                "rate",
                "",
                "has an empty rate: \"\". Write rates as 100/min, separated by commas."),
            new Invalid(
                "rate",
                "5/s,,6/s",
                "has an empty rate: \"5/s,,6/s\". Write rates as 100/min, separated by"),
            new Invalid(
                "rate",
                "3/min,",
                "has an empty rate: \"3/min,\". Write rates as 100/min, separated by"),
            new Invalid("rate", "fast", "rate must have the form 100/min, 10/30s,"),
            new Invalid("rate", "0/s", "limit must be at least 1: 0"),
            new Invalid("uid", " ", "uid must not be blank"),
            new Invalid(
                "scope",
                "client",
                "unknown scope: \"client\". Use METHOD_AND_ROUTE, ROUTE, ALL_ROUTES or PATH."),
            new Invalid(
                "cost",
                "one",
                "cost is not a whole number: \"one\". Use digits, for example 1000."),
            new Invalid("cost", "-1", "cost of throttle \"limit\" must be at least 0: -1"),
            new Invalid(
                "onBackendFailure",
                "panic",
                "unknown onBackendFailure: \"panic\". Use one of [ALLOW, DENY, THROW]."),
            new Invalid(
                "onAnonymous",
                "",
                "unknown onAnonymous: \"\". Use one of [THROW, DENY, SHARED, EXEMPT]."),
            new Invalid(
                "rateLimitHeaders",
                "all",
                "unknown rateLimitHeaders: \"all\". Use one of [STANDARD, LEGACY, BOTH, NONE]."),
            new Invalid("maxKeys", "0", "maxKeys must be from 1 to 1000000000: 0"),
            new Invalid(
                "maxKeys",
                "many",
                "maxKeys is not a whole number: \"many\". Use digits, for example 1000."),
            new Invalid(
                "Rate", "5/s", "unknown init parameter: \"Rate\". Use one of [cost, maxKeys,"))) {
      Map<String, String> parameters =
          invalid.name.equals("rate")
              ? Map.of("rate", invalid.value)
              : Map.of("rate", "9/day", invalid.name, invalid.value);
      assertThatThrownBy(() -> start(server, parameters).close())
          .as(invalid.toString())
          .hasStackTraceContaining("Filter \"limit\": ")
          .hasStackTraceContaining(invalid.message);
    }
    assertThatThrownBy(() -> start(server, Map.of()).close())
        .hasStackTraceContaining(
            "Filter \"limit\": init parameter rate is missing. Set it, for example 100/min.");
  }

  @ParameterizedTest
  @EnumSource
  void t4_maxKeysForTheApplicationsBackendIsRejected(ServletServer server) {
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
        .hasStackTraceContaining(
            "maxKeys 10 has no effect, because the filter uses the application's backend."
                + " Set the limit on that backend.");
  }

  @ParameterizedTest
  @EnumSource
  void t4_aFilterCreatedWithThrottlesRejectsParameters(ServletServer server) {
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
            "init parameter \"rate\" has no effect on a filter created with throttles. Remove it.");
  }
}
