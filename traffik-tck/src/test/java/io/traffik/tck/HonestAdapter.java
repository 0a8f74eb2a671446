package io.traffik.tck;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.traffik.ConnectionThrottledException;
import io.traffik.Throttle;
import io.traffik.http.HttpDenial;
import io.traffik.http.ThrottledRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * An adapter of the JDK's own HTTP server that keeps all rules, in steps that specimens override to
 * break one.
 */
class HonestAdapter extends AdapterContract {

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
          route.path().replace("/{id}", "/"), exchange -> handle(plan, route, exchange));
    }
    server.start();
    return RunningServer.onPort(
        server.getAddress().getPort(),
        () -> {
          server.stop(0);
          threads.shutdown();
        });
  }

  void handle(ServerPlan plan, PlannedRoute route, HttpExchange exchange) throws IOException {
    ThrottledRequest request = new ThrottledRequest();
    SpecimenView view = view(plan, exchange);
    try {
      for (Throttle throttle : route.throttles()) {
        enforce(request, throttle, view);
      }
    } catch (ConnectionThrottledException e) {
      deny(plan, route, exchange, request.denial(e, plan.quotaFields()));
      return;
    }
    request.fields(plan.quotaFields()).forEach(exchange.getResponseHeaders()::set);
    serve(route, exchange);
  }

  SpecimenView view(ServerPlan plan, HttpExchange exchange) {
    return new SpecimenView(exchange, plan.backend());
  }

  void enforce(ThrottledRequest request, Throttle throttle, SpecimenView view) {
    request.enforce(throttle, view);
  }

  void deny(ServerPlan plan, PlannedRoute route, HttpExchange exchange, HttpDenial denial)
      throws IOException {
    send(exchange, denial.status(), denial.headers(), denial.body());
  }

  void serve(PlannedRoute route, HttpExchange exchange) throws IOException {
    if (route.isAsynchronous()) {
      route.serveLater().thenAccept(body -> sendLater(exchange, body));
    } else {
      send(exchange, 200, Map.of(), route.serve());
    }
  }

  private static void sendLater(HttpExchange exchange, String body) {
    try {
      send(exchange, 200, Map.of(), body);
    } catch (IOException e) {
      exchange.close();
    }
  }

  static void send(HttpExchange exchange, int status, Map<String, String> headers, String body)
      throws IOException {
    headers.forEach(exchange.getResponseHeaders()::set);
    byte[] content = body.getBytes(StandardCharsets.UTF_8);
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, head ? -1 : content.length);
    if (!head) {
      exchange.getResponseBody().write(content);
    }
    exchange.close();
  }
}
