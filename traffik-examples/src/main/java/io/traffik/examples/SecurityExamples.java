package io.traffik.examples;

import io.javalin.config.JavalinConfig;
import io.traffik.Throttle;
import io.traffik.websocket.WebSocketThrottling;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.eclipse.jetty.server.HttpConfiguration;
import org.java_websocket.WebSocket;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.server.WebSocketServer;

/** The examples of docs/security.md. */
final class SecurityExamples {

  private static final int MAX_MESSAGE = 65_536;

  private SecurityExamples() {}

  static void javalin(JavalinConfig config) {
    config.http.maxRequestSize = 1_000_000L;
    config.jetty.modifyHttpConfiguration(
        http -> {
          http.setIdleTimeout(10_000);
          http.setMaxUnconsumedRequestContentReads(0);
        });
    config.jetty.modifyWebSocketServletFactory(
        sockets -> {
          sockets.setMaxTextMessageSize(MAX_MESSAGE);
          sockets.setMaxBinaryMessageSize(MAX_MESSAGE);
          sockets.setIdleTimeout(Duration.ofMinutes(2));
        });
  }

  static void jetty(HttpConfiguration http) {
    http.setIdleTimeout(10_000);
    http.setMaxUnconsumedRequestContentReads(0);
  }

  static WebSocketThrottling sockets(Throttle chat) {
    return WebSocketThrottling.ofMessages(chat)
        .maxConnections(20)
        .pings(Throttle.builder("pings").rate("10/min").build());
  }

  /** A server of Java-WebSocket with limits of its own. */
  static final class ChatServer extends WebSocketServer {

    ChatServer(InetSocketAddress address) {
      super(address, List.of(new Draft_6455(List.of(), MAX_MESSAGE)));
      setConnectionLostTimeout(30);
    }

    @Override
    public void onMessage(WebSocket conn, String message) {
      conn.send("hi");
    }

    @Override
    public void onStart() {}

    @Override
    public void onOpen(WebSocket conn, ClientHandshake handshake) {}

    @Override
    public void onClose(WebSocket conn, int code, String reason, boolean remote) {}

    @Override
    public void onError(WebSocket conn, Exception thrown) {}
  }
}
