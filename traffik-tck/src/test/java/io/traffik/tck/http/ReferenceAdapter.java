package io.traffik.tck.http;

import com.sun.net.httpserver.HttpServer;
import io.traffik.ConnectionThrottledException;
import io.traffik.Throttle;
import io.traffik.http.HttpDenial;
import io.traffik.http.ThrottledRequest;
import io.traffik.tck.RunningServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * An adapter of the JDK's own HTTP server that keeps all rules, in steps of which each specimen
 * overrides one.
 */
class ReferenceAdapter extends AdapterContract {

  static {
    // Head and body are two packets of this server; without this the second waits for 40 ms.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  @Override
  protected RunningServer start(ServerPlan plan) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    ExecutorService threads = Executors.newCachedThreadPool();
    server.setExecutor(threads);
    for (PlannedRoute route : plan.routes()) {
      server.createContext(
          route.path().replace("{id}", ""), http -> handle(new PlannedExchange(plan, route, http)));
    }
    server.start();
    return RunningServer.onPort(
        server.getAddress().getPort(),
        () -> {
          server.stop(0);
          threads.shutdown();
        });
  }

  void handle(PlannedExchange visit) throws IOException {
    ThrottledRequest request = new ThrottledRequest();
    try {
      enforce(visit, request);
    } catch (ConnectionThrottledException e) {
      deny(visit, request, e);
      return;
    }
    tell(visit, request);
    serve(visit);
  }

  void enforce(PlannedExchange visit, ThrottledRequest request) {
    PlannedExchangeView view = view(visit);
    for (Throttle throttle : visit.route().throttles()) {
      request.enforce(throttle, view);
    }
  }

  PlannedExchangeView view(PlannedExchange visit) {
    return new PlannedExchangeView(visit);
  }

  void deny(PlannedExchange visit, ThrottledRequest request, ConnectionThrottledException thrown)
      throws IOException {
    HttpDenial denial = request.denial(thrown, visit.plan().rateLimitHeaders());
    visit.answer(denial.status(), denial.headers(), denial.body());
  }

  void tell(PlannedExchange visit, ThrottledRequest request) {
    visit.set(request.headers(visit.plan().rateLimitHeaders()));
  }

  void serve(PlannedExchange visit) throws IOException {
    PlannedRoute route = visit.route();
    if (route.isAsynchronous()) {
      route.serveAsync().thenAccept(body -> serveAsync(visit, body));
    } else {
      visit.answer(200, Map.of(), route.serve());
    }
  }

  void serveAsync(PlannedExchange visit, String body) {
    try {
      visit.answer(200, Map.of(), body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
