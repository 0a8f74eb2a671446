package io.traffik.javalin;

import static io.traffik.javalin.Throttling.throttled;
import static io.traffik.javalin.Throttling.throttledConnections;
import static io.traffik.javalin.Throttling.throttledMessages;
import static io.traffik.javalin.Throttling.throttledWebSocket;
import static org.assertj.core.api.Assertions.assertThat;

import io.javalin.config.JavalinConfig;
import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.BackendException;
import io.traffik.ConnectionView;
import io.traffik.FailurePolicy;
import io.traffik.Throttle;
import io.traffik.memory.InMemoryBackend;
import io.traffik.spi.QuotaPolicy;
import io.traffik.websocket.MessageView;
import io.traffik.websocket.WebSocketThrottling;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eclipse.jetty.server.ForwardedRequestCustomizer;
import org.eclipse.jetty.server.HttpConfiguration;
import org.junit.jupiter.api.Test;

/** What Javalin makes of WebSockets that the contract does not see. */
final class WebSocketTest {

  private final Throttle once = Throttle.builder("once").rate("1/h").build();

  private static Server server(Consumer<JavalinConfig> routes) {
    return server(Backends.frozen(), routes);
  }

  private static Server server(Backend backend, Consumer<JavalinConfig> routes) {
    return new Server(
        config -> {
          config.registerPlugin(new TraffikPlugin(backend));
          routes.accept(config);
        });
  }

  /** The whole answer to a handshake, up to the end of the connection. */
  private static String handshake(Server server, String path, String header) throws Exception {
    return handshakeAnd("", server, path, header);
  }

  /** With some bytes of the open connection right behind it. */
  private static String handshakeAnd(String bytes, Server server, String path, String header)
      throws Exception {
    String request =
        String.join(
            "\r\n",
            "GET " + path + " HTTP/1.1",
            "Host: a",
            "Upgrade: websocket",
            "Connection: Upgrade",
            header,
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version: 13",
            "\r\n");
    return server.raw(1, (request + bytes).getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void h1_w1_withoutThePluginARefusedHandshakeHasItsBodyToo() throws Exception {
    InMemoryBackend backend = Backends.frozen();
    Throttle own = Throttle.builder("own").rate("1/h").backend(backend).build();
    try (Server server =
            new Server(
                config -> {
                  config.routes.wsBeforeUpgrade("/chat", throttled(own));
                  config.routes.ws("/chat", ws -> {});
                });
        Guest first = new Guest(server, "/chat")) {
      first.sends("a");
      HttpResponse<?> answer = Guest.refused(server, "/chat");
      assertThat(answer.statusCode()).isEqualTo(429);
      assertThat(answer.headers().firstValue("Retry-After")).hasValue("3600");
      assertThat(handshake(server, "/chat", "Connection: close"))
          .contains("429", "application/problem+json", "\"violated-policies\":[\"own\"]");
    }
  }

  @Test
  void h1_w1_anAllowedHandshakeCarriesTheFields() throws Exception {
    try (Server server =
        server(
            config -> {
              config.routes.wsBeforeUpgrade("/chat", throttled(once));
              config.routes.ws("/chat", ws -> ws.onConnect(ctx -> ctx.closeSession()));
            })) {
      assertThat(handshake(server, "/chat", "X-Other: a"))
          .contains("101 Switching", "RateLimit: \"once\";r=0;t=3600");
    }
  }

  @Test
  void k2_handshakeAndMessagesSeeTheTemplateWhateverStandsBeforeTheUpgrade() throws Exception {
    List<String> seen = new CopyOnWriteArrayList<>();
    Throttle watch =
        Throttle.builder("watch")
            .rate("9/h")
            .scope(
                view -> {
                  seen.add(view.kind() + " " + view.route());
                  return "";
                })
            .build();
    try (Server server =
            server(
                config -> {
                  config.router.contextPath = "/app";
                  config.routes.wsBeforeUpgrade(ctx -> {});
                  config.routes.wsBeforeUpgrade("/rooms/*", throttled(watch));
                  config.routes.ws(
                      "/rooms/{id}",
                      throttledMessages(
                          watch, ws -> ws.onMessage(ctx -> ctx.send(ctx.pathParam("id")))));
                });
        Guest guest = new Guest(server, "/app/rooms/7")) {
      assertThat(guest.sends("a").hears()).isEqualTo("7");
      assertThat(seen).containsExactly("HANDSHAKE /app/rooms/{id}", "MESSAGE /app/rooms/{id}");
    }
  }

  @Test
  void k2_withoutThePluginMessagesSeeTheTemplateToo() throws Exception {
    CompletableFuture<String> route = new CompletableFuture<>();
    try (Server server =
            new Server(
                config -> {
                  config.routes.wsBeforeUpgrade(ctx -> {});
                  config.routes.ws(
                      "/rooms/{id}",
                      ws -> ws.onMessage(ctx -> route.complete(JavalinView.message(ctx).route())));
                });
        Guest guest = new Guest(server, "/rooms/7")) {
      guest.sends("a");
      assertThat(route.get(20, TimeUnit.SECONDS)).isEqualTo("/rooms/{id}");
    }
  }

  @Test
  void w2_aDenialThatAHandlerThrowsIsAnsweredByAFrame() throws Exception {
    try (Server server =
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
        Guest guest = new Guest(server, "/chat")) {
      guest.sends("a", "a", "b");
      assertThat(guest.hears()).isEqualTo("ok");
      assertThat(guest.hears()).contains("\"status_code\":429", "\"retry_after\":3600");
      assertThat(guest.hears()).as("in another context").isEqualTo("ok");
    }
  }

  @Test
  void w2_aDenialWhereAConnectionIsOpenedClosesIt() throws Exception {
    try (Server server =
            server(
                config ->
                    config.routes.ws(
                        "/chat",
                        ws -> ws.onConnect(ctx -> once.enforce(JavalinView.handshake(ctx)))));
        Guest first = new Guest(server, "/chat");
        Guest second = new Guest(server, "/chat")) {
      assertThat(second.hears())
          .isEqualTo("close 1013 Too Many Requests. Retry after 3600 seconds.");
      first.sends("a");
    }
  }

  @Test
  void w1_aDeniedConnectionReachesNoneOfItsHandlers() throws Exception {
    List<String> heard = new CopyOnWriteArrayList<>();
    CountDownLatch closed = new CountDownLatch(1);
    try (Server server =
        server(
            config ->
                config.routes.ws(
                    "/chat",
                    throttledConnections(
                        once,
                        ws -> {
                          ws.onConnect(ctx -> heard.add("connect"));
                          ws.onMessage(ctx -> heard.add(ctx.message()));
                          ws.onClose(
                              ctx -> {
                                heard.add("close");
                                closed.countDown();
                              });
                        })))) {
      Guest first = new Guest(server, "/chat");
      Guest second = new Guest(server, "/chat");
      assertThat(second.hears()).startsWith("close 1013");
      second.close();
      first.sends("a").close();
      assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(heard).containsExactly("connect", "a", "close");
    }
  }

  /** Decides when a test lets it. */
  private static final class Held extends Backends.Recorded {

    private final CompletableFuture<long[]> margins = new CompletableFuture<>();

    @Override
    public CompletionStage<long[]> decideAsync(
        Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
      return margins;
    }
  }

  @Test
  void w1_w3_whatGoesWrongBeforeAConnectionIsDecidedIsToldInItsPlaceOrNotAtAll() throws Exception {
    assertThat(heardOfABrokenConnection(0)).containsExactly("connect", "error", "close");
    assertThat(heardOfABrokenConnection(-1)).isEmpty();
  }

  private List<String> heardOfABrokenConnection(long margin) throws Exception {
    List<String> heard = new CopyOnWriteArrayList<>();
    CountDownLatch closed = new CountDownLatch(1);
    Held backend = new Held();
    try (Server server =
        server(
            backend,
            config -> {
              config.routes.ws(
                  "/chat",
                  throttledWebSocket(
                      WebSocketThrottling.ofConnections(once).executor(Runnable::run),
                      ws -> {
                        ws.onConnect(ctx -> heard.add("connect"));
                        ws.onError(ctx -> heard.add("error"));
                        ws.onClose(ctx -> heard.add("close"));
                      }));
              config.routes.wsAfter("/chat", ws -> ws.onClose(ctx -> closed.countDown()));
            })) {
      String noFrame = "\u008f\u0080";
      handshakeAnd(noFrame, server, "/chat", "X-Other: a");
      assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(heard).isEmpty();
      backend.margins.complete(new long[] {margin});
      return heard;
    }
  }

  @Test
  void w2_whatAHandlerThrowsIsMappedAsEver() throws Exception {
    try (Server server =
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
        Guest guest = new Guest(server, "/chat")) {
      assertThat(guest.sends("a").hears()).isEqualTo("mapped");
    }
  }

  /** Decides on another thread, and fails where it is asked to. */
  private static final class Remote extends Backends.Recorded {
    @Override
    public CompletionStage<long[]> decideAsync(
        Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
      return CompletableFuture.supplyAsync(
          () -> decide(operation, policy, identity, scope, cost), task -> new Thread(task).start());
    }
  }

  @Test
  void w2_w3_alsoWhatAHandlerThrowsThatHadToWait() throws Exception {
    try (Server server =
            server(
                new Remote(),
                config -> {
                  config.routes.wsException(
                      IllegalStateException.class, (thrown, ctx) -> ctx.send("mapped"));
                  config.routes.ws(
                      "/chat",
                      throttledMessages(
                          Throttle.builder("many").rate("9/h").build(),
                          ws -> {
                            ws.onMessage(
                                ctx -> {
                                  throw new IllegalStateException("broken");
                                });
                            ws.onBinaryMessage(ctx -> ctx.send(ctx.data().remaining() + ""));
                          }));
                });
        Guest guest = new Guest(server, "/chat")) {
      assertThat(guest.sends("a").hears()).isEqualTo("mapped");
    }
  }

  @Test
  void f1_aMessageThatNoThrottleCanDecideIsMappedToo() throws Exception {
    Throttle strict =
        Throttle.builder("strict")
            .rate("9/h")
            .backend(Backends.failing())
            .onBackendFailure(FailurePolicy.THROW)
            .build();
    try (Server server =
            server(
                config -> {
                  config.routes.wsException(
                      BackendException.class, (thrown, ctx) -> ctx.send(thrown.getMessage()));
                  config.routes.ws(
                      "/chat", throttledMessages(strict, ws -> ws.onMessage(ctx -> {})));
                });
        Guest guest = new Guest(server, "/chat")) {
      assertThat(guest.sends("a").hears()).isEqualTo("out of reach");
    }
  }

  @Test
  void k2_handlersBeforeAndAtTheRouteHaveGatesOfTheirOwn() throws Exception {
    Throttle all = Throttle.builder("all").rate("3/h").build();
    try (Server server =
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
        Guest guest = new Guest(server, "/chat")) {
      guest.sends("a", "b");
      assertThat(guest.hears()).isEqualTo("ok");
      assertThat(guest.hears()).contains("429");
    }
  }

  @Test
  void i2_behindAProxyThatJettyTrustsTheClientIsThatOfTheHandshake() throws Exception {
    CompletableFuture<MessageView> message = new CompletableFuture<>();
    CompletableFuture<ConnectionView> socket = new CompletableFuture<>();
    try (Server server =
            server(
                config -> {
                  config.jetty.modifyHttpConfiguration(WebSocketTest::trust);
                  config.routes.wsBeforeUpgrade("/chat", throttled(once));
                  config.routes.ws(
                      "/chat",
                      ws -> {
                        ws.onConnect(ctx -> socket.complete(JavalinView.handshake(ctx)));
                        ws.onMessage(ctx -> message.complete(JavalinView.message(ctx)));
                      });
                });
        Guest guest = new Guest(server, "/chat", "X-Forwarded-For", "192.0.2.7")) {
      guest.sends("a");
      assertThat(message.get(20, TimeUnit.SECONDS).remoteAddress()).isEqualTo("192.0.2.7");
      assertThat(socket.get(20, TimeUnit.SECONDS).remoteAddress()).isEqualTo("192.0.2.7");
    }
  }

  private static void trust(HttpConfiguration http) {
    http.addCustomizer(new ForwardedRequestCustomizer());
  }
}
