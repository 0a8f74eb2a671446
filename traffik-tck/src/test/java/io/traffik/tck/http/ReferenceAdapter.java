package io.traffik.tck.http;

import com.sun.net.httpserver.HttpServer;
import io.traffik.BackendException;
import io.traffik.ConnectionThrottledException;
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

/** A correct adapter of the JDK's HTTP server. Each broken adapter overrides one of its steps. */
class ReferenceAdapter extends AdapterContract {

  static {
    // This server sends head and body in two packets; without this property, the second is delayed
    // by
    // 40 ms.
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

  void handle(PlannedExchange exchange) throws IOException {
    ThrottledRequest request = new ThrottledRequest();
    try {
      enforce(exchange, request);
    } catch (ConnectionThrottledException e) {
      deny(exchange, request, e);
      return;
    } catch (BackendException e) {
      fail(exchange, request, e);
      return;
    }
    tell(exchange, request);
    serve(exchange);
  }

  void enforce(PlannedExchange exchange, ThrottledRequest request) {
    request.enforceAll(exchange.route().throttles(), view(exchange));
  }

  PlannedExchangeView view(PlannedExchange exchange) {
    return new PlannedExchangeView(exchange);
  }

  void deny(PlannedExchange exchange, ThrottledRequest request, ConnectionThrottledException thrown)
      throws IOException {
    HttpDenial denial = request.denial(thrown, exchange.plan().rateLimitHeaders());
    exchange.respond(denial.status(), denial.headers(), denial.body());
  }

  void fail(PlannedExchange exchange, ThrottledRequest request, BackendException thrown)
      throws IOException {
    HttpDenial denial = request.denial(thrown, exchange.plan().rateLimitHeaders());
    exchange.respond(denial.status(), denial.headers(), denial.body());
  }

  void tell(PlannedExchange exchange, ThrottledRequest request) {
    exchange.set(request.headers(exchange.plan().rateLimitHeaders()));
  }

  void serve(PlannedExchange exchange) throws IOException {
    PlannedRoute route = exchange.route();
    if (route.isAsynchronous()) {
      route.serveAsync().thenAccept(body -> serveAsync(exchange, body));
    } else {
      exchange.respond(200, Map.of(), route.serve());
    }
  }

  void serveAsync(PlannedExchange exchange, String body) {
    try {
      exchange.respond(200, Map.of(), body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
