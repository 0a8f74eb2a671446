package io.traffik.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.traffik.Backend;
import io.traffik.Throttle;
import io.traffik.memory.InMemoryBackend;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A framework that is not here, throttled by implementing {@code ConnectionView} alone. */
final class HttpServerExampleTest {

  private final Backend backend = InMemoryBackend.create("example");
  private final Throttle api =
      Throttle.of("api").rate("3/h").cost(HttpServerExampleTest::cost).backend(backend).build();
  private final AtomicInteger handled = new AtomicInteger();
  private final HttpClient client = HttpClient.newHttpClient();
  private HttpServer server;

  private static long cost(io.traffik.ConnectionView view) {
    return view.header("x-heavy") == null ? 1 : 4;
  }

  @BeforeEach
  void start() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    for (String route : new String[] {"/a", "/b"}) {
      server.createContext(
          route,
          new ThrottledHttpHandler(
              api,
              exchange -> {
                handled.incrementAndGet();
                exchange.sendResponseHeaders(204, -1);
                exchange.close();
              }));
    }
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private HttpResponse<String> get(String path, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  @Test
  void h1_h4_denialIsAnsweredWithoutTheHandler() throws Exception {
    for (int i = 2; i >= 0; i--) {
      HttpResponse<String> answer = get("/a/" + i + ";x=" + i + "?q=" + i);
      assertThat(answer.statusCode()).isEqualTo(204);
      assertThat(answer.headers().firstValue("RateLimit").orElseThrow())
          .startsWith("\"api\";r=" + i + ";t=");
    }
    HttpResponse<String> denied = get("/a");
    assertThat(denied.statusCode()).isEqualTo(429);
    assertThat(denied.headers().firstValue("Retry-After")).hasValue("1200");
    assertThat(denied.headers().firstValue("RateLimit-Policy")).hasValue("\"api\";q=3;w=3600");
    assertThat(denied.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    assertThat(denied.body()).contains("\"violated-policies\":[\"api\"]");
    assertThat(handled).hasValue(3);
  }

  @Test
  void k2_anotherRouteHasItsOwnBucket() throws Exception {
    for (int i = 0; i < 4; i++) {
      get("/a");
    }
    assertThat(get("/b").statusCode()).isEqualTo(204);
  }

  @Test
  void b5_impossibleCostHasNoRetryAfter() throws Exception {
    HttpResponse<String> denied = get("/a", "X-Heavy", "1");
    assertThat(denied.statusCode()).isEqualTo(429);
    assertThat(denied.headers().firstValue("Retry-After")).isEmpty();
  }
}
