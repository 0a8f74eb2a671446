package io.traffik.jmh.check;

import static io.traffik.javalin.Throttling.throttledMessages;

import io.javalin.Javalin;
import io.traffik.Rate;
import io.traffik.Throttle;
import io.traffik.javalin.TraffikPlugin;
import io.traffik.javawebsocket.ThrottledWebSockets;
import io.traffik.memory.InMemoryBackend;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.java_websocket.WebSocket;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.server.WebSocketServer;

/**
 * A WebSocket server on the loopback interface that echoes text messages at {@code /echo}.
 *
 * @param port the port it listens on
 * @param closing stops the server
 */
record EchoServer(int port, Runnable closing) implements AutoCloseable {

  /** The server library. */
  enum Kind {
    JAVALIN("Javalin"),
    JAVA_WEBSOCKET("Java-WebSocket");

    final String label;

    Kind(String label) {
      this.label = label;
    }
  }

  static EchoServer start(Kind kind, boolean throttled) throws InterruptedException {
    return kind == Kind.JAVALIN ? javalin(throttled) : javaWebSocket(throttled);
  }

  /**
   * Returns a throttle with a limit that no run reaches, so every message is decided and allowed.
   */
  private static Throttle throttle() {
    Rate rate = Rate.of(1_000_000, Duration.ofSeconds(1)).withCapacity(1_000_000_000);
    return Throttle.builder("echo").rate(rate).build();
  }

  private static EchoServer javalin(boolean throttled) {
    Javalin server =
        Javalin.create(
                config -> {
                  config.startup.showJavalinBanner = false;
                  config.registerPlugin(new TraffikPlugin(InMemoryBackend.create("echo")));
                  if (throttled) {
                    config.routes.ws(
                        "/echo",
                        throttledMessages(
                            throttle(), ws -> ws.onMessage(ctx -> ctx.send(ctx.message()))));
                  } else {
                    config.routes.ws("/echo", ws -> ws.onMessage(ctx -> ctx.send(ctx.message())));
                  }
                })
            .start("127.0.0.1", 0);
    return new EchoServer(server.port(), server::stop);
  }

  private static EchoServer javaWebSocket(boolean throttled) throws InterruptedException {
    CountDownLatch started = new CountDownLatch(1);
    WebSocketServer server =
        new WebSocketServer(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)) {
          @Override
          public void onOpen(WebSocket conn, ClientHandshake handshake) {}

          @Override
          public void onClose(WebSocket conn, int code, String reason, boolean remote) {}

          @Override
          public void onMessage(WebSocket conn, String message) {
            conn.send(message);
          }

          @Override
          public void onError(WebSocket conn, Exception thrown) {}

          @Override
          public void onStart() {
            started.countDown();
          }
        };
    server.setReuseAddr(true);
    server.setTcpNoDelay(true);
    if (throttled) {
      server.setWebSocketFactory(
          ThrottledWebSockets.handshakes()
              .messages(throttle())
              .backend(InMemoryBackend.create("echo"))
              .build());
    }
    server.start();
    started.await();
    return new EchoServer(server.getPort(), () -> stop(server));
  }

  private static void stop(WebSocketServer server) {
    try {
      server.stop(1_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closing.run();
  }
}
