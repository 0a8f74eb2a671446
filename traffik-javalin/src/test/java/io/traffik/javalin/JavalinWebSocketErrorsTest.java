package io.traffik.javalin;

import static io.traffik.javalin.Throttling.throttledConnections;
import static io.traffik.javalin.Throttling.throttledMessages;
import static org.assertj.core.api.Assertions.assertThat;

import io.javalin.config.JavalinConfig;
import io.traffik.Backend;
import io.traffik.BackendException;
import io.traffik.FailurePolicy;
import io.traffik.Throttle;
import io.traffik.testing.WebSocketTestClient;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Denials, exceptions and failures of Javalin's WebSocket handlers. */
final class JavalinWebSocketErrorsTest {

  private final Throttle once = Throttle.builder("once").rate("1/h").build();

  private static JavalinTestServer server(Consumer<JavalinConfig> routes) {
    return server(TestBackends.inMemory(), routes);
  }

  private static JavalinTestServer server(Backend backend, Consumer<JavalinConfig> routes) {
    return new JavalinTestServer(
        config -> {
          config.registerPlugin(new TraffikPlugin(backend));
          routes.accept(config);
        });
  }

  @Test
  void w2_aDenialThrownByAHandlerIsAnsweredByAnErrorFrame() throws Exception {
    try (JavalinTestServer server =
            server(
                config ->
                    config.routes.ws(
                        "/chat",
                        ws ->
                            ws.onMessage(
                                ctx -> {
                                  once.enforce(JavalinView.message(ctx).withContext(ctx.message()));
                                  ctx.send("ok");
                                })));
        WebSocketTestClient client = WebSocketTestClient.connect(server.webSocketUri("/chat"))) {
      client.send("a", "a", "b");
      assertThat(client.receive()).isEqualTo("ok");
      assertThat(client.receive()).contains("\"status_code\":429", "\"retry_after\":3600");
      assertThat(client.receive()).as("in another context").isEqualTo("ok");
    }
  }

  @Test
  void w2_aDenialThrownInOnConnectClosesTheConnection() throws Exception {
    try (JavalinTestServer server =
            server(
                config ->
                    config.routes.ws(
                        "/chat",
                        ws -> ws.onConnect(ctx -> once.enforce(JavalinView.handshake(ctx)))));
        WebSocketTestClient first = WebSocketTestClient.connect(server.webSocketUri("/chat"));
        WebSocketTestClient second = WebSocketTestClient.connect(server.webSocketUri("/chat"))) {
      assertThat(second.receive())
          .isEqualTo("close 1013 Too Many Requests. Retry after 3600 seconds.");
      first.send("a");
    }
  }

  @Test
  void w1_aDeniedConnectionReachesNoHandler() throws Exception {
    List<String> events = new CopyOnWriteArrayList<>();
    CountDownLatch closed = new CountDownLatch(1);
    try (JavalinTestServer server =
        server(
            config ->
                config.routes.ws(
                    "/chat",
                    throttledConnections(
                        once,
                        ws -> {
                          ws.onConnect(ctx -> events.add("connect"));
                          ws.onMessage(ctx -> events.add(ctx.message()));
                          ws.onClose(
                              ctx -> {
                                events.add("close");
                                closed.countDown();
                              });
                        })))) {
      WebSocketTestClient first = WebSocketTestClient.connect(server.webSocketUri("/chat"));
      WebSocketTestClient second = WebSocketTestClient.connect(server.webSocketUri("/chat"));
      assertThat(second.receive()).startsWith("close 1013");
      second.close();
      first.send("a").close();
      assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(events).containsExactly("connect", "a", "close");
    }
  }

  @Test
  void w2_anExceptionOfAHandlerReachesItsMapper() throws Exception {
    try (JavalinTestServer server =
            server(
                config -> {
                  config.routes.wsException(
                      IllegalStateException.class, (thrown, ctx) -> ctx.send("mapped"));
                  config.routes.ws(
                      "/chat",
                      throttledMessages(
                          Throttle.builder("many").rate("9/h").build(),
                          ws ->
                              ws.onMessage(
                                  ctx -> {
                                    throw new IllegalStateException("broken");
                                  })));
                });
        WebSocketTestClient client = WebSocketTestClient.connect(server.webSocketUri("/chat"))) {
      assertThat(client.send("a").receive()).isEqualTo("mapped");
    }
  }

  @Test
  void f1_aBackendFailureReachesItsMapper() throws Exception {
    Throttle strict =
        Throttle.builder("strict")
            .rate("9/h")
            .backend(TestBackends.failing())
            .onBackendFailure(FailurePolicy.THROW)
            .build();
    try (JavalinTestServer server =
            server(
                config -> {
                  config.routes.wsException(
                      BackendException.class, (thrown, ctx) -> ctx.send(thrown.getMessage()));
                  config.routes.ws(
                      "/chat", throttledMessages(strict, ws -> ws.onMessage(ctx -> {})));
                });
        WebSocketTestClient client = WebSocketTestClient.connect(server.webSocketUri("/chat"))) {
      assertThat(client.send("a").receive()).isEqualTo("connection refused");
    }
  }
}
