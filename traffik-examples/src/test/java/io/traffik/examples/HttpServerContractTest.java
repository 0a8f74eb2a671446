package io.traffik.examples;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.traffik.tck.RunningServer;
import io.traffik.tck.http.AdapterContract;
import io.traffik.tck.http.PlannedRoute;
import io.traffik.tck.http.ServerPlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The conformance kit on an adapter for the JDK's own HTTP server. */
final class HttpServerContractTest extends AdapterContract {

  static {
    // This server sends a response in two packets. Without this setting the second is delayed by
    // 40 ms.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  @Override
  protected RunningServer start(ServerPlan plan) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    for (PlannedRoute route : plan.routes()) {
      server.createContext(
          route.path().replace("{id}", ""),
          new ThrottledHttpHandler(
              route.throttles(),
              plan.rateLimitHeaders(),
              plan.backend(),
              exchange -> serve(route, exchange)));
    }
    ExecutorService threads = Executors.newFixedThreadPool(16);
    server.setExecutor(threads);
    server.start();
    return RunningServer.onPort(
        server.getAddress().getPort(),
        () -> {
          server.stop(0);
          threads.shutdown();
        });
  }

  private static void serve(PlannedRoute route, HttpExchange exchange) {
    if (route.isAsynchronous()) {
      route.serveAsync().thenAccept(body -> send(exchange, body));
    } else {
      send(exchange, route.serve());
    }
  }

  private static void send(HttpExchange exchange, String body) {
    byte[] content = body.getBytes(StandardCharsets.US_ASCII);
    try (exchange) {
      exchange.sendResponseHeaders(200, content.length);
      exchange.getResponseBody().write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
