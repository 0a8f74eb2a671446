package io.traffik.javalin;

import static io.traffik.javalin.Throttling.throttled;
import static io.traffik.javalin.Throttling.throttledMessages;
import static io.traffik.javalin.Throttling.throttledWebSocket;
import static org.assertj.core.api.Assertions.assertThat;

import io.javalin.config.JavalinConfig;
import io.traffik.ConnectionView;
import io.traffik.Throttle;
import io.traffik.memory.InMemoryBackend;
import io.traffik.testing.WebSocketTestClient;
import io.traffik.websocket.MessageView;
import io.traffik.websocket.WebSocketThrottling;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.eclipse.jetty.server.ForwardedRequestCustomizer;
import org.eclipse.jetty.server.HttpConfiguration;
import org.junit.jupiter.api.Test;

/** Javalin's WebSocket handshakes, routes and addresses, beyond the contract. */
final class JavalinWebSocketTest {

  private final Throttle once = Throttle.builder("once").rate("1/h").build();

  private static JavalinTestServer server(Consumer<JavalinConfig> routes) {
    return new JavalinTestServer(
        config -> {
          config.registerPlugin(new TraffikPlugin(TestBackends.inMemory()));
          routes.accept(config);
        });
  }

  @Test
  void h1_w1_withoutThePluginARejectedHandshakeHasABody() throws Exception {
    InMemoryBackend backend = TestBackends.inMemory();
    Throttle own = Throttle.builder("own").rate("1/h").backend(backend).build();
    try (JavalinTestServer server =
            new JavalinTestServer(
                config -> {
                  config.routes.wsBeforeUpgrade("/chat", throttled(own));
                  config.routes.ws("/chat", ws -> {});
                });
        WebSocketTestClient first = WebSocketTestClient.connect(server.webSocketUri("/chat"))) {
      first.send("a");
      HttpResponse<?> response =
          WebSocketTestClient.rejectedHandshake(server.webSocketUri("/chat"));
      assertThat(response.statusCode()).isEqualTo(429);
      assertThat(response.headers().firstValue("Retry-After")).hasValue("3600");
      assertThat(server.handshake("/chat", "Connection: close", ""))
          .contains("429", "application/problem+json", "\"violated-policies\":[\"own\"]");
    }
  }

  /** A URI parser would take the first part of such a path for a host. */
  @Test
  void k2_aHandshakeAndItsConnectionHaveTheSamePath() throws Exception {
    List<String> paths = new CopyOnWriteArrayList<>();
    try (JavalinTestServer server =
        server(
            config -> {
              config.router.contextPath = "/shop";
              config.router.treatMultipleSlashesAsSingleSlash = true;
              config.routes.wsBeforeUpgrade(
                  "/x/{room}", ctx -> paths.add(JavalinView.of(ctx).path()));
              config.routes.ws(
                  "/x/{room}",
                  ws ->
                      ws.onConnect(
                          ctx -> {
                            paths.add(JavalinView.handshake(ctx).path());
                            ctx.closeSession();
                          }));
            })) {
      for (String spelling :
          List.of(
              "/shop/x/a", "/shop//x/a", "/shop/x//%61", "/shop/x/a;b?c=/d", "http://a/shop/x/a")) {
        assertThat(server.handshake(spelling, "X-Other: a", ""))
            .as(spelling)
            .contains("101 Switching");
      }
    }
    assertThat(paths).hasSize(10).containsOnly("/shop/x/a");
  }

  @Test
  void h1_w1_anAllowedHandshakeHasTheHeaderFields() throws Exception {
    try (JavalinTestServer server =
        server(
            config -> {
              config.routes.wsBeforeUpgrade("/chat", throttled(once));
              config.routes.ws("/chat", ws -> ws.onConnect(ctx -> ctx.closeSession()));
            })) {
      assertThat(server.handshake("/chat", "X-Other: a", ""))
          .contains("101 Switching", "RateLimit: \"once\";r=0;t=3600");
    }
  }

  @Test
  void k2_theRouteOfHandshakeAndMessagesIsThePathTemplate() throws Exception {
    List<String> routes = new CopyOnWriteArrayList<>();
    Throttle observed =
        Throttle.builder("observed")
            .rate("9/h")
            .scope(
                view -> {
                  routes.add(view.kind() + " " + view.route());
                  return "";
                })
            .build();
    try (JavalinTestServer server =
            server(
                config -> {
                  config.router.contextPath = "/app";
                  config.routes.wsBeforeUpgrade(ctx -> {});
                  config.routes.wsBeforeUpgrade("/rooms/*", throttled(observed));
                  config.routes.ws(
                      "/rooms/{id}",
                      throttledMessages(
                          observed, ws -> ws.onMessage(ctx -> ctx.send(ctx.pathParam("id")))));
                });
        WebSocketTestClient client =
            WebSocketTestClient.connect(server.webSocketUri("/app/rooms/7"))) {
      assertThat(client.send("a").receive()).isEqualTo("7");
      assertThat(routes).containsExactly("HANDSHAKE /app/rooms/{id}", "MESSAGE /app/rooms/{id}");
    }
  }

  @Test
  void k2_withoutThePluginTheRouteOfMessagesIsThePathTemplate() throws Exception {
    CompletableFuture<String> route = new CompletableFuture<>();
    try (JavalinTestServer server =
            new JavalinTestServer(
                config -> {
                  config.routes.wsBeforeUpgrade(ctx -> {});
                  config.routes.ws(
                      "/rooms/{id}",
                      ws -> ws.onMessage(ctx -> route.complete(JavalinView.message(ctx).route())));
                });
        WebSocketTestClient client = WebSocketTestClient.connect(server.webSocketUri("/rooms/7"))) {
      client.send("a");
      assertThat(route.get(20, TimeUnit.SECONDS)).isEqualTo("/rooms/{id}");
    }
  }

  @Test
  void k2_handlersBeforeAndAtTheRouteHaveSeparateDispatchers() throws Exception {
    Throttle all = Throttle.builder("all").rate("3/h").build();
    try (JavalinTestServer server =
            server(
                config -> {
                  config.routes.wsBefore(
                      "/chat", throttledMessages(all, ws -> ws.onMessage(ctx -> {})));
                  config.routes.ws(
                      "/chat",
                      throttledWebSocket(
                          WebSocketThrottling.ofMessages(once),
                          ws -> ws.onMessage(ctx -> ctx.send("ok"))));
                });
        WebSocketTestClient client = WebSocketTestClient.connect(server.webSocketUri("/chat"))) {
      client.send("a", "b");
      assertThat(client.receive()).isEqualTo("ok");
      assertThat(client.receive()).contains("429");
    }
  }

  @Test
  void w1_aDenialBeforeTheEndpointKeepsMessagesAndConnectionsFromIt() throws Exception {
    List<String> events = new CopyOnWriteArrayList<>();
    Throttle connections = Throttle.builder("connections").rate("1/h").build();
    try (JavalinTestServer server =
            server(
                config -> {
                  config.routes.wsBefore(
                      "/chat",
                      throttledWebSocket(
                          WebSocketThrottling.ofMessages(once).connections(connections),
                          ws -> ws.onMessage(ctx -> events.add("before " + ctx.message()))));
                  config.routes.ws(
                      "/chat",
                      ws -> {
                        ws.onConnect(ctx -> events.add("connect"));
                        ws.onMessage(ctx -> events.add(ctx.message()));
                      });
                });
        WebSocketTestClient client = WebSocketTestClient.connect(server.webSocketUri("/chat"))) {
      client.send("a", "b");
      assertThat(client.receive()).contains("429");
      try (WebSocketTestClient denied = WebSocketTestClient.connect(server.webSocketUri("/chat"))) {
        assertThat(denied.receive()).startsWith("close 1013");
      }
      assertThat(events).containsExactly("connect", "before a", "a");
    }
  }

  @Test
  void w4_aCloseHandlerThatThrowsDoesNotKeepAConnectionCounted() throws Exception {
    WebSocketThrottling one = WebSocketThrottling.ofMessages(once).maxConnections(1);
    try (JavalinTestServer server =
        server(
            config -> {
              config.routes.wsBefore(
                  "/chat",
                  ws ->
                      ws.onClose(
                          ctx -> {
                            throw new IllegalStateException("broken");
                          }));
              config.routes.ws(
                  "/chat", throttledWebSocket(one, ws -> ws.onMessage(ctx -> ctx.send("ok"))));
            })) {
      WebSocketTestClient.connect(server.webSocketUri("/chat")).close();
      Awaitility.await()
          .until(
              () -> {
                try (WebSocketTestClient next =
                    WebSocketTestClient.connect(server.webSocketUri("/chat"))) {
                  return !next.send("a").receive().startsWith("close 1013");
                }
              });
    }
  }

  @Test
  void behindATrustedProxyMessagesHaveTheHandshakesAddress() throws Exception {
    CompletableFuture<MessageView> message = new CompletableFuture<>();
    CompletableFuture<ConnectionView> socket = new CompletableFuture<>();
    try (JavalinTestServer server =
            server(
                config -> {
                  config.jetty.modifyHttpConfiguration(JavalinWebSocketTest::trust);
                  config.routes.wsBeforeUpgrade("/chat", throttled(once));
                  config.routes.ws(
                      "/chat",
                      ws -> {
                        ws.onConnect(ctx -> socket.complete(JavalinView.handshake(ctx)));
                        ws.onMessage(ctx -> message.complete(JavalinView.message(ctx)));
                      });
                });
        WebSocketTestClient client =
            WebSocketTestClient.connect(
                server.webSocketUri("/chat"), "X-Forwarded-For", "192.0.2.7")) {
      client.send("a");
      assertThat(message.get(20, TimeUnit.SECONDS).remoteAddress()).isEqualTo("192.0.2.7");
      assertThat(socket.get(20, TimeUnit.SECONDS).remoteAddress()).isEqualTo("192.0.2.7");
    }
  }

  private static void trust(HttpConfiguration http) {
    http.addCustomizer(new ForwardedRequestCustomizer());
  }
}
