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

/** One request, however often the server dispatches it, is charged once. */
final class DispatchTest {

  private final InMemoryBackend backend =
      InMemoryBackend.builder("dispatch").clock(() -> 0).build();
  private final AtomicInteger authenticated = new AtomicInteger();
  private final Page target = Page.saying("target");
  private final Page errorPage = Page.saying("error page");

  private Throttle throttle(String rate) {
    return Throttle.builder("api").rate(rate).scope(Scope.ALL_ROUTES).backend(backend).build();
  }

  /** Our filter on every dispatch there is, as a user may map it, then one of the user's own. */
  private Site start(ServletServer server, Throttle throttle, ServletServer.Setup pages)
      throws Exception {
    return server.start(
        context -> {
          FilterRegistration.Dynamic everywhere =
              context.addFilter("everywhere", ThrottleFilter.of(throttle));
          everywhere.setAsyncSupported(true);
          everywhere.addMappingForUrlPatterns(EnumSet.allOf(DispatcherType.class), true, "/*");
          authentication(context);
          target.at(context, "/target");
          errorPage.at(context, ServletServer.ERROR_PAGE);
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

  /**
   * Sends ten requests at ten per hour and an eleventh: each took one token, the last is denied.
   */
  private void assertEachIsChargedOnce(
      ServletServer server, ServletServer.Setup pages, int status, String body) throws Exception {
    Throttle api = throttle("10/h");
    try (Site site = start(server, api, pages)) {
      for (int n = 1; n <= 10; n++) {
        HttpResponse<String> answer = site.get("/page");
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.body()).contains(body);
        assertThat(api.peek(Loopback.ANYWHERE).remaining()).isEqualTo(10 - n);
        assertThat(authenticated).hasValue(n);
      }
      ReportedQuota.assertDenied(site.get("/page"), "api", 360);
      assertThat(authenticated).hasValue(10);
    }
  }

  @ParameterizedTest
  @EnumSource
  void h4_aForwardIsChargedOnce(ServletServer server) throws Exception {
    Page page =
        new Page(
            (request, response) ->
                request.getRequestDispatcher("/target").forward(request, response));
    assertEachIsChargedOnce(server, context -> page.at(context, "/page"), 200, "target");
    assertThat(page.runs()).isEqualTo(10);
    assertThat(target.runs()).isEqualTo(10);
  }

  @ParameterizedTest
  @EnumSource
  void h4_includesAreChargedOnce(ServletServer server) throws Exception {
    Page page =
        new Page(
            (request, response) -> {
              request.getRequestDispatcher("/target").include(request, response);
              request.getRequestDispatcher("/target").include(request, response);
            });
    assertEachIsChargedOnce(server, context -> page.at(context, "/page"), 200, "targettarget");
    assertThat(page.runs()).isEqualTo(10);
  }

  @ParameterizedTest
  @EnumSource
  void h4_anErrorDispatchIsChargedOnce(ServletServer server) throws Exception {
    Page page = new Page((request, response) -> response.sendError(418));
    assertEachIsChargedOnce(server, context -> page.at(context, "/page"), 418, "error page");
    assertThat(errorPage.runs()).as("denials have no error page").isEqualTo(10);
  }

  @ParameterizedTest
  @EnumSource
  void h4_anExceptionOfTheApplicationsPassesAndIsChargedOnce(ServletServer server)
      throws Exception {
    Page page =
        new Page(
            (request, response) -> {
              throw new ServletException("broken", new IOException("disk"));
            });
    assertEachIsChargedOnce(server, context -> page.at(context, "/page"), 500, "error page");
  }

  @ParameterizedTest
  @EnumSource
  void h4_anAsynchronousDispatchIsChargedOnce(ServletServer server) throws Exception {
    Page page =
        new Page(
            (request, response) -> {
              if (request.getDispatcherType() == DispatcherType.ASYNC) {
                response.getOutputStream().print("dispatched");
              } else {
                AsyncContext async = request.startAsync();
                async.start(async::dispatch);
              }
            });
    assertEachIsChargedOnce(server, context -> page.at(context, "/page"), 200, "dispatched");
    assertThat(page.runs()).isEqualTo(20);
  }

  @ParameterizedTest
  @EnumSource
  void h4_anAnswerFromAnotherThreadIsChargedOnce(ServletServer server) throws Exception {
    Page page =
        new Page(
            (request, response) -> {
              AsyncContext async = request.startAsync(request, response);
              new Thread(
                      () -> {
                        try {
                          response.getOutputStream().print("from afar");
                        } catch (IOException e) {
                          throw new IllegalStateException(e);
                        }
                        async.complete();
                      })
                  .start();
            });
    assertEachIsChargedOnce(server, context -> page.at(context, "/page"), 200, "from afar");
    assertThat(page.runs()).as("denied requests never reach it").isEqualTo(10);
  }

  @ParameterizedTest
  @EnumSource
  void h4_aTimeoutIsChargedOnce(ServletServer server) throws Exception {
    Throttle api = throttle("2/h");
    // Not shorter: Jetty loses a timeout that ends before the servlet has returned, and then hangs.
    Page page = new Page((request, response) -> request.startAsync().setTimeout(100));
    try (Site site = start(server, api, context -> page.at(context, "/page"))) {
      assertThat(site.get("/page").statusCode()).isEqualTo(500);
      assertThat(api.peek(Loopback.ANYWHERE).remaining()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void h4_registeredForRequestsAloneAndAheadOfLaterFilters(ServletServer server) throws Exception {
    Page page =
        new Page(
            (request, response) ->
                request.getRequestDispatcher("/target").forward(request, response));
    Throttle api = throttle("1/h");
    try (Site site =
        server.start(
            context -> {
              ThrottleFilter.of(api).register(context, "/target", "/page");
              authentication(context);
              page.at(context, "/page");
              target.at(context, "/target");
            })) {
      assertThat(site.get("/page").body()).isEqualTo("target");
      assertThat(site.get("/page").statusCode()).isEqualTo(429);
      assertThat(site.get("/target").statusCode()).isEqualTo(429);
      assertThat(authenticated).hasValue(1);
    }
  }
}
