package io.traffik.servlet;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import io.traffik.Throttle;
import io.traffik.tck.RunningServer;
import io.traffik.tck.http.AdapterContract;
import io.traffik.tck.http.PlannedRoute;
import io.traffik.tck.http.ServerPlan;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import java.util.Map;

/** Runs the adapter contract against the filter on one server. */
abstract class ServletContract extends AdapterContract {

  private final ServletServer server;
  private final String contextPath;

  ServletContract(ServletServer server, String contextPath) {
    this.server = server;
    this.contextPath = contextPath;
  }

  @Override
  protected RunningServer start(ServerPlan plan) throws Exception {
    TestApplication app = server.start(contextPath, context -> setUp(context, plan));
    return new RunningServer(URI.create(app.url()), app);
  }

  private static void setUp(ServletContext context, ServerPlan plan) {
    context.setAttribute(ServletView.BACKEND, plan.backend());
    CountingServlet.responding("error page").map(context, ServletServer.ERROR_PAGE);
    // The same throttles may be registered only once, with all their patterns.
    Map<List<Throttle>, List<String>> patterns =
        plan.routes().stream()
            .collect(
                groupingBy(PlannedRoute::throttles, mapping(ServletContract::pattern, toList())));
    patterns.forEach(
        (throttles, urls) ->
            ThrottleFilter.of(throttles.toArray(Throttle[]::new))
                .rateLimitHeaders(plan.rateLimitHeaders())
                .register(context, urls.toArray(String[]::new)));
    for (PlannedRoute route : plan.routes()) {
      new CountingServlet((request, response) -> serve(route, request, response))
          .map(context, pattern(route));
    }
  }

  private static String pattern(PlannedRoute route) {
    return route.path().replace("{id}", "*");
  }

  private static void serve(
      PlannedRoute route, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (route.isAsynchronous()) {
      AsyncContext async = request.startAsync();
      route
          .serveAsync()
          .thenAccept(body -> print(async.getResponse(), body))
          .thenRun(async::complete);
    } else {
      print(response, route.serve());
    }
  }

  private static void print(ServletResponse response, String body) {
    try {
      response.getOutputStream().print(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
