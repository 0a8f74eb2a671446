package io.traffik.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.traffik.Throttle;
import io.traffik.memory.InMemoryBackend;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a request really cost is settled once its response is known (rule B14). */
final class SettledRequestTest {

  private static final LoopbackView LOGIN = new LoopbackView("GET", "/login");

  private final InMemoryBackend backend = InMemoryBackend.builder("login").clock(() -> 0).build();
  private final Throttle login = Throttle.builder("login").rate("3/h").backend(backend).build();
  private final Queue<Integer> statuses = new ConcurrentLinkedQueue<>();

  private TestApplication start(ServletServer server, CountingServlet.Handler handler)
      throws Exception {
    return server.start(
        context -> {
          ThrottleFilter.of(login)
              .settledBy(
                  (request, status) -> {
                    statuses.add(status);
                    return status == 401 ? 1 : status >= 500 ? 2 : 0;
                  })
              .register(context, "/login");
          new CountingServlet(handler).map(context, "/login");
          CountingServlet.responding("error").map(context, ServletServer.ERROR_PAGE);
        });
  }

  private void assertRemaining(long tokens) {
    await().until(() -> login.peek(LOGIN).remaining() == tokens);
  }

  private static void answer(HttpServletRequest request, HttpServletResponse response)
      throws IOException, ServletException {
    switch (String.valueOf(request.getQueryString())) {
      case "wrong" -> response.sendError(401);
      case "broken" -> throw new ServletException("broken");
      default -> response.getOutputStream().print("welcome");
    }
  }

  @ParameterizedTest
  @EnumSource
  void b14_onlyFailedLogInsAreCounted(ServletServer server) throws Exception {
    try (TestApplication app = start(server, SettledRequestTest::answer)) {
      for (int i = 0; i < 10; i++) {
        assertThat(app.get("/login").statusCode()).isEqualTo(200);
        assertRemaining(3);
      }
      app.get("/login?broken");
      assertRemaining(1);
      assertThat(app.get("/login?wrong").statusCode()).isEqualTo(401);
      assertRemaining(0);
      statuses.clear();
      assertThat(app.get("/login").statusCode()).isEqualTo(429);
      assertThat(statuses).as("a denied request has no cost").isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void b14_asynchronousRequestsAreSettledAtTheirEnd(ServletServer server) throws Exception {
    CompletableFuture<AsyncContext> waiting = new CompletableFuture<>();
    try (TestApplication app =
        start(server, (request, response) -> waiting.complete(request.startAsync()))) {
      CompletableFuture<Integer> status =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return app.get("/login").statusCode();
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              });
      AsyncContext async = waiting.get();
      assertThat(statuses).isEmpty();
      assertThat(login.peek(LOGIN).remaining()).isEqualTo(2);
      ((HttpServletResponse) async.getResponse()).setStatus(200);
      async.complete();
      assertThat(status.get()).isEqualTo(200);
      assertRemaining(3);
      assertThat(statuses).containsExactly(200);
    }
  }

  /** The container answers, and the servlet never completes. */
  @ParameterizedTest
  @EnumSource
  void b14_timeoutsAreSettledAsErrors(ServletServer server) throws Exception {
    try (TestApplication app =
        start(server, (request, response) -> request.startAsync().setTimeout(1))) {
      int status = app.get("/login").statusCode();
      assertThat(status).isBetween(500, 503);
      assertRemaining(1);
      assertThat(List.copyOf(statuses)).containsExactly(status);
    }
  }

  /** The second cycle starts in a dispatch, which the filter does not see. */
  @ParameterizedTest
  @EnumSource
  void b14_aRequestThatStartsAgainIsSettledOnce(ServletServer server) throws Exception {
    try (TestApplication app =
        start(
            server,
            (request, response) -> {
              boolean again = request.getAttribute("again") != null;
              request.setAttribute("again", true);
              AsyncContext async = request.startAsync();
              if (again) {
                response.setStatus(401);
                async.complete();
              } else {
                async.dispatch();
              }
            })) {
      assertThat(app.get("/login").statusCode()).isEqualTo(401);
      assertRemaining(2);
      assertThat(List.copyOf(statuses)).containsExactly(401);
    }
  }
}
