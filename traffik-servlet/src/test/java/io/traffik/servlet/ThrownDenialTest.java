package io.traffik.servlet;

import static io.traffik.servlet.ResponseQuota.assertDenied;
import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.ConnectionThrottledException;
import io.traffik.Decision;
import io.traffik.Scope;
import io.traffik.Throttle;
import io.traffik.memory.InMemoryBackend;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.Cookie;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Denials that servlets throw behind a filter that allowed the request. */
final class ThrownDenialTest {

  private final InMemoryBackend backend = InMemoryBackend.builder("thrown").clock(() -> 0).build();
  private final Throttle outer = throttle("outer", "100/h");
  private final Throttle inner = throttle("inner", "1/h");

  private Throttle throttle(String uid, String rate) {
    return Throttle.builder(uid).rate(rate).scope(Scope.ALL_ROUTES).backend(backend).build();
  }

  private TestApplication start(ServletServer server, CountingServlet.Handler handler)
      throws Exception {
    return server.start(
        context -> {
          ThrottleFilter.of(outer).register(context, "/*");
          new CountingServlet(handler).map(context, "/page");
          CountingServlet.responding("error page").map(context, ServletServer.ERROR_PAGE);
        });
  }

  private long outerRemaining() {
    return outer.peek(LoopbackView.ROOT).remaining();
  }

  @ParameterizedTest
  @EnumSource
  void h1_t6_aDenialInAServletIsAnsweredAndRefunds(ServletServer server) throws Exception {
    try (TestApplication app =
        start(
            server,
            (request, response) -> {
              inner.enforce(ServletView.of(request));
              response.getOutputStream().print("served");
            })) {
      assertThat(app.get("/page").body()).isEqualTo("served");
      assertThat(outerRemaining()).isEqualTo(99);

      HttpResponse<String> denied = app.get("/page");
      assertDenied(denied, "inner", 3600);
      assertThat(ResponseQuota.of(denied))
          .containsExactly(
              new ResponseQuota("outer", 100, 3600, 99, 36),
              new ResponseQuota("inner", 1, 3600, 0, 3600));
      assertThat(outerRemaining()).isEqualTo(99);
    }
  }

  @ParameterizedTest
  @EnumSource
  void h1_aDenialInsideServletExceptionsIsAnswered(ServletServer server) throws Exception {
    try (TestApplication app =
        start(
            server,
            (request, response) -> {
              try {
                inner.enforce(ServletView.of(request), 2);
              } catch (ConnectionThrottledException e) {
                throw new ServletException(new ServletException("failed", e));
              }
            })) {
      HttpResponse<String> denied = app.get("/page");
      assertDenied(denied, "inner");
      assertThat(denied.headers().firstValue("Retry-After")).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void h1_t7_aDenialFromAFutureIsAnswered(ServletServer server) throws Exception {
    AtomicBoolean joining = new AtomicBoolean();
    try (TestApplication app =
        start(
            server,
            (request, response) -> {
              CompletableFuture<Decision> decision =
                  inner.enforceAsync(ServletView.of(request), 2).toCompletableFuture();
              try {
                response.setStatus((joining.get() ? decision.join() : decision.get()).hashCode());
              } catch (ExecutionException | InterruptedException e) {
                throw new ServletException(e);
              }
            })) {
      assertDenied(app.get("/page"), "inner");
      joining.set(true);
      assertDenied(app.get("/page"), "inner");
      assertThat(outerRemaining()).isEqualTo(100);
    }
  }

  @ParameterizedTest
  @EnumSource
  void h1_theDenialReplacesTheUncommittedResponse(ServletServer server) throws Exception {
    try (TestApplication app =
        start(
            server,
            (request, response) -> {
              response.setHeader("Content-Encoding", "gzip");
              response.setHeader("Cache-Control", "public, max-age=3600");
              response.setHeader("ETag", "\"1\"");
              response.setHeader("Access-Control-Allow-Origin", "*");
              response.addHeader("Vary", "Origin");
              response.addHeader("Vary", "Cookie");
              response.setContentType("text/html;charset=UTF-16");
              response.setContentLength(5);
              response.getWriter().print("\u00e9");
              inner.enforce(ServletView.of(request), 2);
            })) {
      HttpResponse<String> denied = app.get("/page");
      assertDenied(denied, "inner");
      assertThat(denied.headers().map()).doesNotContainKeys("content-encoding", "cache-control");
      assertThat(denied.headers().firstValue("ETag")).isEmpty();
      assertThat(denied.headers().firstValue("Access-Control-Allow-Origin")).hasValue("*");
      assertThat(denied.headers().allValues("Vary")).containsExactly("Origin", "Cookie");
    }
  }

  /** A field that is not a list may appear only once (RFC 9110, section 5.3). */
  @ParameterizedTest
  @EnumSource
  void h1_noFieldAppearsTwice(ServletServer server) throws Exception {
    try (TestApplication app =
        start(
            server,
            (request, response) -> {
              response.addCookie(new Cookie("one", "1"));
              response.addCookie(new Cookie("two", "2"));
              response.setDateHeader("Date", 0);
              inner.enforce(ServletView.of(request), 2);
            })) {
      List<String> names =
          app.raw("GET", "/page")
              .lines()
              .skip(1)
              .takeWhile(line -> !line.isEmpty())
              .map(line -> line.substring(0, line.indexOf(':')))
              .toList();
      assertThat(names).filteredOn(name -> !name.equals("Set-Cookie")).doesNotHaveDuplicates();
      assertThat(names).filteredOn(name -> name.equals("Set-Cookie")).hasSize(2);
      assertThat(names).contains("Date");
    }
  }

  @ParameterizedTest
  @EnumSource
  void h1_aCommittedResponseIsNotReplaced(ServletServer server) throws Exception {
    try (TestApplication app =
        start(
            server,
            (request, response) -> {
              response.getOutputStream().print("started");
              response.flushBuffer();
              inner.enforce(ServletView.of(request), 2);
            })) {
      assertThat(app.raw("GET", "/page")).startsWith("HTTP/1.1 200 ").doesNotContain("problem");
    }
  }

  @ParameterizedTest
  @EnumSource
  void h1_aDenialAfterStartAsyncEndsTheExchange(ServletServer server) throws Exception {
    try (TestApplication app =
        start(
            server,
            (request, response) -> {
              request.startAsync().setTimeout(0);
              inner.enforce(ServletView.of(request), 2);
            })) {
      assertDenied(app.get("/page"), "inner");
    }
  }

  /** The filter that started the exchange completes it. */
  @ParameterizedTest
  @EnumSource
  void h4_anExchangeOfAnEarlierFilterIsNotCompleted(ServletServer server) throws Exception {
    BlockingQueue<Object> completions = new LinkedBlockingQueue<>();
    try (TestApplication app =
        server.start(
            context -> {
              FilterRegistration.Dynamic starting =
                  context.addFilter(
                      "starting",
                      (request, response, chain) -> {
                        AsyncContext async = request.startAsync(request, response);
                        chain.doFilter(request, response);
                        try {
                          async.complete();
                          completions.add("once");
                        } catch (IllegalStateException e) {
                          completions.add(e);
                        }
                      });
              starting.setAsyncSupported(true);
              starting.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, "/*");
              ThrottleFilter.of(inner).register(context, "/*");
              CountingServlet.responding("served").map(context, "/page");
            })) {
      assertThat(app.get("/page").body()).isEqualTo("served");
      assertDenied(app.get("/page"), "inner", 3600);
      // The client receives its response before the filter continues.
      assertThat(List.of(completions.take(), completions.take())).containsExactly("once", "once");
      assertThat(completions).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void h1_aDenialInAnAsynchronousDispatchIsAnswered(ServletServer server) throws Exception {
    try (TestApplication app =
        server.start(
            context -> {
              FilterRegistration.Dynamic filter =
                  context.addFilter("throttle", ThrottleFilter.of(outer));
              filter.setAsyncSupported(true);
              filter.addMappingForUrlPatterns(
                  EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC), true, "/*");
              new CountingServlet(
                      (request, response) -> {
                        if (request.getDispatcherType() == DispatcherType.REQUEST) {
                          request.startAsync().dispatch();
                        } else {
                          inner.enforce(ServletView.of(request), 2);
                        }
                      })
                  .map(context, "/page");
            })) {
      assertDenied(app.get("/page"), "inner");
      assertThat(outerRemaining()).isEqualTo(100);
    }
  }

  @ParameterizedTest
  @EnumSource
  void h1_aDenialInAnIncludedServletReplacesTheWholeResponse(ServletServer server)
      throws Exception {
    try (TestApplication app =
        server.start(
            context -> {
              ThrottleFilter.of(outer).register(context, "/page");
              context
                  .addFilter("included", ThrottleFilter.of(inner))
                  .addMappingForUrlPatterns(EnumSet.of(DispatcherType.INCLUDE), true, "/part");
              new CountingServlet(
                      (request, response) -> {
                        response.getOutputStream().print("begin ");
                        request.getRequestDispatcher("/part").include(request, response);
                        response.getOutputStream().print(" end");
                      })
                  .map(context, "/page");
              CountingServlet.responding("part").map(context, "/part");
            })) {
      assertThat(app.get("/page").body()).isEqualTo("begin part end");
      assertDenied(app.get("/page"), "inner", 3600);
      assertThat(outerRemaining()).isEqualTo(99);
    }
  }

  @ParameterizedTest
  @EnumSource
  void h4_otherExceptionsAreNotDenials(ServletServer server) throws Exception {
    try (TestApplication app =
        start(
            server,
            (request, response) -> {
              throw new IOException("disk");
            })) {
      HttpResponse<String> failed = app.get("/page");
      assertThat(failed.statusCode()).isEqualTo(500);
      assertThat(failed.body()).isEqualTo("error page");
      assertThat(outerRemaining()).isEqualTo(99);
    }
  }
}
