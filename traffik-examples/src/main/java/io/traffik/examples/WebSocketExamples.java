package io.traffik.examples;

import static io.traffik.javalin.Throttling.throttled;
import static io.traffik.javalin.Throttling.throttledMessages;
import static io.traffik.javalin.Throttling.throttledWebSocket;

import io.javalin.config.JavalinConfig;
import io.traffik.Backend;
import io.traffik.Identifier;
import io.traffik.Throttle;
import io.traffik.javalin.JavalinView;
import io.traffik.javalin.TraffikPlugin;
import io.traffik.javawebsocket.ThrottledWebSockets;
import io.traffik.websocket.ConnectionId;
import io.traffik.websocket.MessageAnswer;
import io.traffik.websocket.WebSocketThrottling;
import javax.net.ssl.SSLContext;
import org.java_websocket.server.DefaultSSLWebSocketServerFactory;
import org.java_websocket.server.WebSocketServer;

/** The examples of docs/websockets.md. */
final class WebSocketExamples {

  private WebSocketExamples() {}

  static void javalin(JavalinConfig config, Backend backend) {
    Throttle api = Throttle.builder("api").rate("100/min").build();
    Throttle chat =
        Throttle.builder("chat").rate("20/s").cost(v -> 1 + v.messageSize() / 1_024).build();
    config.registerPlugin(new TraffikPlugin(backend));
    config.routes.wsBeforeUpgrade("/chat", throttled(api));
    config.routes.ws("/chat", throttledMessages(chat, ws -> ws.onMessage(ctx -> ctx.send("hi"))));
  }

  static void javaWebSocket(WebSocketServer server, Throttle api, Throttle chat, Backend backend) {
    server.setWebSocketFactory(
        ThrottledWebSockets.handshakes(api).messages(chat).backend(backend).build());
  }

  static void tls(
      WebSocketServer server, SSLContext sslContext, Throttle api, Throttle chat, Backend backend) {
    server.setWebSocketFactory(
        ThrottledWebSockets.handshakes(api)
            .messages(chat)
            .paths("/chat", "/news")
            .backend(backend)
            .delegate(new DefaultSSLWebSocketServerFactory(sslContext))
            .build());
  }

  static WebSocketThrottling contexts(Throttle chat, Throttle typing, Throttle upload) {
    return WebSocketThrottling.ofMessages(chat)
        .context("typing", message -> "typing".equals(message.text()), typing)
        .context("upload", message -> message.data() != null, upload);
  }

  static void socket(JavalinConfig config, WebSocketThrottling throttling) {
    config.routes.ws(
        "/chat", throttledWebSocket(throttling, ws -> ws.onMessage(ctx -> ctx.send("hi"))));
  }

  static void byHandler(JavalinConfig config, Throttle chat, Throttle search) {
    config.routes.ws(
        "/chat",
        throttledMessages(
            chat,
            ws ->
                ws.onMessage(
                    ctx -> {
                      if (ctx.message().startsWith("search ")) {
                        search.enforce(JavalinView.message(ctx).withContext("search"));
                      }
                      ctx.send("hi");
                    })));
  }

  static WebSocketThrottling answers(Throttle chat) {
    return WebSocketThrottling.ofMessages(chat).answer(MessageAnswer.closeTryAgainLater());
  }

  static WebSocketThrottling ownAnswer(Throttle chat) {
    return WebSocketThrottling.ofMessages(chat)
        .answer(message -> message.send("slow down, " + message.detail()));
  }

  static Throttle perConnection() {
    return Throttle.builder("typing").rate("5/s").identifier(ConnectionId.identifier()).build();
  }

  static WebSocketThrottling openConnections(Throttle chat) {
    return WebSocketThrottling.ofMessages(chat)
        .maxConnections(20)
        .pings(Throttle.builder("pings").rate("10/min").build());
  }

  static WebSocketThrottling clients(Throttle chat, Identifier customers) {
    return WebSocketThrottling.ofMessages(chat).maxConnections(20).client(customers);
  }

  static WebSocketThrottling afterTheHandshake(Throttle chat, Throttle api) {
    return WebSocketThrottling.ofMessages(chat).connections(api).maxPendingMessages(64);
  }
}
