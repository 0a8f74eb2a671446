package io.traffik.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.traffik.Backend;
import io.traffik.BackendScope;
import io.traffik.Throttle;
import io.traffik.ThrottleBuilder;
import io.traffik.memory.InMemoryBackend;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.RequestDispatcher;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The lookup of a throttle's backend in a web application. */
final class BackendLookupTest {

  private static final LoopbackView PAGE = new LoopbackView("GET", "/page");

  private final InMemoryBackend application = backend("application");
  private final InMemoryBackend own = backend("own");
  private final Throttle api = Throttle.builder("api").rate("10/h").build();
  private final CountingServlet page = CountingServlet.responding("served");

  private static InMemoryBackend backend(String namespace) {
    return InMemoryBackend.builder(namespace).clock(() -> 0).build();
  }

  private static long remaining(Backend backend) {
    Throttle same = Throttle.builder("api").rate("10/h").backend(backend).build();
    return same.peek(PAGE).remaining();
  }

  @ParameterizedTest
  @EnumSource
  void l3_l5_theApplicationsBackendIsUsedAndNotClosed(ServletServer server) throws Exception {
    try (TestApplication app =
        server.start(
            context -> {
              context.setAttribute(ServletView.BACKEND, application);
              ThrottleFilter.of(api).register(context, "/*");
              page.map(context, "/page");
            })) {
      assertThat(app.get("/page").statusCode()).isEqualTo(200);
    }
    assertThat(remaining(application)).isEqualTo(9);
  }

  @ParameterizedTest
  @EnumSource
  void l3_l5_theFiltersBackendTakesPrecedenceAndIsNotClosed(ServletServer server) throws Exception {
    try (TestApplication app =
        server.start(
            context -> {
              context.setAttribute(ServletView.BACKEND, application);
              ThrottleFilter.of(api).backend(own).register(context, "/*");
              page.map(context, "/page");
            })) {
      assertThat(app.get("/page").statusCode()).isEqualTo(200);
    }
    assertThat(remaining(own)).isEqualTo(9);
    assertThat(remaining(application)).isEqualTo(10);
  }

  @ParameterizedTest
  @EnumSource
  void l6_theViewCarriesTheBackendToOtherThreads(ServletServer server) throws Exception {
    CountingServlet asynchronous =
        new CountingServlet(
            (request, response) -> {
              AsyncContext async = request.startAsync();
              ServletView view = ServletView.of(request);
              new Thread(
                      () -> {
                        response.setStatus(api.hit(view).allowed() ? 202 : 500);
                        async.complete();
                      })
                  .start();
            });
    try (TestApplication app =
        server.start(
            context -> {
              context.setAttribute(ServletView.BACKEND, application);
              asynchronous.map(context, "/page");
            })) {
      assertThat(app.get("/page").statusCode()).isEqualTo(202);
      assertThat(remaining(application)).isEqualTo(9);
    }
  }

  @ParameterizedTest
  @EnumSource
  void l5_aMissingBackendIsAServerErrorWithARemedy(ServletServer server) throws Exception {
    AtomicReference<Object> thrown = new AtomicReference<>();
    try (TestApplication app =
        server.start(
            context -> {
              ThrottleFilter.of(api).register(context, "/*");
              page.map(context, "/page");
              new CountingServlet(
                      (request, response) ->
                          thrown.set(request.getAttribute(RequestDispatcher.ERROR_EXCEPTION)))
                  .map(context, ServletServer.ERROR_PAGE);
            })) {
      assertThat(app.get("/page").statusCode()).isEqualTo(500);
      assertThat(page.requests()).isZero();
    }
    assertThat(thrown.get())
        .asInstanceOf(InstanceOfAssertFactories.THROWABLE)
        .hasMessageContaining("No throttle backend configured for throttle \"api\": ")
        .hasMessageContaining("set one for the application in its adapter");
  }

  @ParameterizedTest
  @EnumSource
  void l5_aFilterWithoutBackendWarnsAtStartUnlessDeclaredDynamic(ServletServer server)
      throws Exception {
    ThrottleBuilder dynamic = Throttle.builder("dynamic").rate("1/h").dynamicBackend();
    Throttle own = Throttle.builder("own").rate("1/h").backend(this.own).build();
    List<String> warnings = new ArrayList<>();
    Handler logHandler = recordMessages(warnings);
    FILTER_LOG.addHandler(logHandler);
    try {
      for (ThrottleFilter filter :
          List.of(
              ThrottleFilter.of(dynamic.build(), own), ThrottleFilter.of(api).backend(this.own))) {
        server.start(context -> filter.register(context, "/*")).close();
      }
      server
          .start(
              context -> {
                context.setAttribute(ServletView.BACKEND, application);
                ThrottleFilter.of(api).register(context, "/*");
              })
          .close();
      assertThat(warnings).isEmpty();
      server.start(context -> ThrottleFilter.of(own, api).register(context, "/*")).close();
    } finally {
      FILTER_LOG.removeHandler(logHandler);
    }
    assertThat(warnings).hasSize(1);
    assertThat(warnings.get(0))
        .isEqualTo(
            "WARNING Throttle \"api\" has no backend yet. Until it has one, every request fails. Set one"
                + " with ThrottleFilter.of(…).backend(…) or with the servlet context attribute"
                + " io.traffik.Backend (ServletView.BACKEND), or declare .dynamicBackend() if scopes"
                + " provide it.");
  }

  private static final Logger FILTER_LOG = Logger.getLogger(ThrottleFilter.class.getName());

  private static Handler recordMessages(List<String> messages) {
    return new Handler() {
      @Override
      public void publish(LogRecord message) {
        messages.add(message.getLevel() + " " + message.getMessage());
      }

      @Override
      public void flush() {}

      @Override
      public void close() {}
    };
  }

  @ParameterizedTest
  @EnumSource
  void l5_aScopeBeforeTheFilterProvidesTheBackend(ServletServer server) throws Exception {
    try (TestApplication app =
        server.start(
            context -> {
              FilterRegistration.Dynamic scoping =
                  context.addFilter(
                      "scoping",
                      (request, response, chain) -> {
                        BackendScope scope = BackendScope.enter(own);
                        try (scope) {
                          chain.doFilter(request, response);
                        }
                      });
              scoping.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, "/*");
              ThrottleFilter.of(api).register(context, "/*");
              page.map(context, "/page");
            })) {
      assertThat(app.get("/page").statusCode()).isEqualTo(200);
    }
    assertThat(remaining(own)).isEqualTo(9);
  }

  @ParameterizedTest
  @EnumSource
  void l5_anAttributeThatIsNoBackendIsRejected(ServletServer server) {
    assertThatThrownBy(
            () ->
                server
                    .start(
                        context -> {
                          context.setAttribute(ServletView.BACKEND, "memory");
                          ThrottleFilter.of(api).register(context, "/*");
                        })
                    .close())
        .hasStackTraceContaining(
            "Servlet context attribute io.traffik.Backend is not a Backend: java.lang.String. Set it"
                + " to a backend, or remove it.");
  }

  @ParameterizedTest
  @EnumSource
  void l1_aBackendThatCannotBeOpenedPreventsTheStart(ServletServer server) {
    FailingBackend failing = new FailingBackend();
    for (ThrottleFilter filter :
        new ThrottleFilter[] {ThrottleFilter.of(api), ThrottleFilter.of(api).backend(failing)}) {
      assertThatThrownBy(
              () ->
                  server
                      .start(
                          context -> {
                            context.setAttribute(ServletView.BACKEND, failing);
                            filter.register(context, "/*");
                          })
                      .close())
          .hasStackTraceContaining("no such store");
    }
  }

  @ParameterizedTest
  @EnumSource
  void l1_aFilterStartsWithoutItsStoreUnlessItIsRequired(ServletServer server) throws Exception {
    FailingBackend store = new FailingBackend();
    store.outOfReach = true;
    ThrottleFilter filter = ThrottleFilter.of(api).backend(store);
    assertThatThrownBy(
            () ->
                server
                    .start(context -> filter.requireBackendAtStart().register(context, "/*"))
                    .close())
        .hasStackTraceContaining("connection refused");
    try (TestApplication app =
        server.start(
            context -> {
              filter.register(context, "/*");
              CountingServlet.responding("served").map(context, "/page");
            })) {
      assertThat(ResponseQuota.rateLimitHeaders(app.get("/page"))).isEmpty();
      store.recovered = true;
      assertThat(ResponseQuota.rateLimitHeaders(app.get("/page"))).isNotEmpty();
    }
  }
}
