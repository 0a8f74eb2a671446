package io.traffik.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Scope;
import io.traffik.Throttle;
import io.traffik.memory.InMemoryBackend;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.EnumSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A request is charged once, regardless of how often the server dispatches it. */
final class DispatchTest {

  private final InMemoryBackend backend =
      InMemoryBackend.builder("dispatch").clock(() -> 0).build();
  private final AtomicInteger authenticated = new AtomicInteger();
  private final CountingServlet target = CountingServlet.responding("target");
  private final CountingServlet errorPage = CountingServlet.responding("error page");

  private Throttle throttle(String rate) {
    return Throttle.builder("api").rate(rate).scope(Scope.ALL_ROUTES).backend(backend).build();
  }

  /** Maps the throttle filter to all dispatcher types, followed by a filter of the application. */
  private TestApplication start(ServletServer server, Throttle throttle, ServletServer.Setup pages)
      throws Exception {
    return server.start(
        context -> {
          FilterRegistration.Dynamic everywhere =
              context.addFilter("everywhere", ThrottleFilter.of(throttle));
          everywhere.setAsyncSupported(true);
          everywhere.addMappingForUrlPatterns(EnumSet.allOf(DispatcherType.class), true, "/*");
          authentication(context);
          target.map(context, "/target");
          errorPage.map(context, ServletServer.ERROR_PAGE);
          pages.accept(context);
        });
  }

  private void authentication(ServletContext context) {
    Filter authentication =
        (request, response, chain) -> {
          authenticated.incrementAndGet();
          chain.doFilter(request, response);
        };
    FilterRegistration.Dynamic filter = context.addFilter("authentication", authentication);
    filter.setAsyncSupported(true);
    filter.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, "/*");
  }

  /** Sends eleven requests at ten per hour; each must take one token, and the last is denied. */
  private void assertEachIsChargedOnce(
      ServletServer server, ServletServer.Setup pages, int status, String body) throws Exception {
    Throttle api = throttle("10/h");
    try (TestApplication app = start(server, api, pages)) {
      for (int n = 1; n <= 10; n++) {
        HttpResponse<String> response = app.get("/page");
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.body()).contains(body);
        assertThat(api.peek(LoopbackView.ROOT).remaining()).isEqualTo(10 - n);
        assertThat(authenticated).hasValue(n);
      }
      ResponseQuota.assertDenied(app.get("/page"), "api", 360);
      assertThat(authenticated).hasValue(10);
    }
  }

  @ParameterizedTest
  @EnumSource
  void h4_aForwardIsChargedOnce(ServletServer server) throws Exception {
    CountingServlet page =
        new CountingServlet(
            (request, response) ->
                request.getRequestDispatcher("/target").forward(request, response));
    assertEachIsChargedOnce(server, context -> page.map(context, "/page"), 200, "target");
    assertThat(page.requests()).isEqualTo(10);
    assertThat(target.requests()).isEqualTo(10);
  }

  @ParameterizedTest
  @EnumSource
  void h4_includesAreChargedOnce(ServletServer server) throws Exception {
    CountingServlet page =
        new CountingServlet(
            (request, response) -> {
              request.getRequestDispatcher("/target").include(request, response);
              request.getRequestDispatcher("/target").include(request, response);
            });
    assertEachIsChargedOnce(server, context -> page.map(context, "/page"), 200, "targettarget");
    assertThat(page.requests()).isEqualTo(10);
  }

  @ParameterizedTest
  @EnumSource
  void h4_anErrorDispatchIsChargedOnce(ServletServer server) throws Exception {
    CountingServlet page = new CountingServlet((request, response) -> response.sendError(418));
    assertEachIsChargedOnce(server, context -> page.map(context, "/page"), 418, "error page");
    assertThat(errorPage.requests()).as("denials do not dispatch to the error page").isEqualTo(10);
  }

  @ParameterizedTest
  @EnumSource
  void h4_anExceptionOfTheApplicationIsRethrownAndChargedOnce(ServletServer server)
      throws Exception {
    CountingServlet page =
        new CountingServlet(
            (request, response) -> {
              throw new ServletException("broken", new IOException("disk"));
            });
    assertEachIsChargedOnce(server, context -> page.map(context, "/page"), 500, "error page");
  }

  @ParameterizedTest
  @EnumSource
  void h4_anAsynchronousDispatchIsChargedOnce(ServletServer server) throws Exception {
    CountingServlet page =
        new CountingServlet(
            (request, response) -> {
              if (request.getDispatcherType() == DispatcherType.ASYNC) {
                response.getOutputStream().print("dispatched");
              } else {
                AsyncContext async = request.startAsync();
                async.start(async::dispatch);
              }
            });
    assertEachIsChargedOnce(server, context -> page.map(context, "/page"), 200, "dispatched");
    assertThat(page.requests()).isEqualTo(20);
  }

  @ParameterizedTest
  @EnumSource
  void h4_aResponseFromAnotherThreadIsChargedOnce(ServletServer server) throws Exception {
    CountingServlet page =
        new CountingServlet(
            (request, response) -> {
              AsyncContext async = request.startAsync(request, response);
              new Thread(
                      () -> {
                        try {
                          response.getOutputStream().print("from another thread");
                        } catch (IOException e) {
                          throw new IllegalStateException(e);
                        }
                        async.complete();
                      })
                  .start();
            });
    assertEachIsChargedOnce(
        server, context -> page.map(context, "/page"), 200, "from another thread");
    assertThat(page.requests()).as("denied requests do not reach the servlet").isEqualTo(10);
  }

  @ParameterizedTest
  @EnumSource
  void h4_aTimeoutIsChargedOnce(ServletServer server) throws Exception {
    Throttle api = throttle("2/h");
    // With a shorter timeout Jetty can hang: it loses timeouts that end before the servlet returns.
    CountingServlet page =
        new CountingServlet((request, response) -> request.startAsync().setTimeout(100));
    try (TestApplication app = start(server, api, context -> page.map(context, "/page"))) {
      assertThat(app.get("/page").statusCode()).isEqualTo(500);
      assertThat(api.peek(LoopbackView.ROOT).remaining()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void h4_registeredForRequestsOnlyAndBeforeLaterFilters(ServletServer server) throws Exception {
    CountingServlet page =
        new CountingServlet(
            (request, response) ->
                request.getRequestDispatcher("/target").forward(request, response));
    Throttle api = throttle("1/h");
    try (TestApplication app =
        server.start(
            context -> {
              ThrottleFilter.of(api).register(context, "/target", "/page");
              authentication(context);
              page.map(context, "/page");
              target.map(context, "/target");
            })) {
      assertThat(app.get("/page").body()).isEqualTo("target");
      assertThat(app.get("/page").statusCode()).isEqualTo(429);
      assertThat(app.get("/target").statusCode()).isEqualTo(429);
      assertThat(authenticated).hasValue(1);
    }
  }
}
