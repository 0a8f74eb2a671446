package io.traffik.examples;

import static io.traffik.javalin.Throttling.throttled;
import static io.traffik.javalin.Throttling.throttledWebSocket;

import io.javalin.Javalin;
import io.traffik.Backend;
import io.traffik.Throttle;
import io.traffik.javalin.TraffikPlugin;
import io.traffik.javawebsocket.ThrottledWebSockets;
import io.traffik.memory.InMemoryBackend;
import io.traffik.websocket.WebSocketThrottling;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import org.java_websocket.WebSocket;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.server.WebSocketServer;

/**
 * A throttled echo server on {@code /echo}, for each WebSocket adapter. By default its clock does
 * not advance.
 */
enum WebSocketEchoServer {
  JAVALIN {
    @Override
    Running start(Throttle handshakes, WebSocketThrottling messages, Backend backend) {
      Javalin server =
          Javalin.create(
                  config -> {
                    config.startup.showJavalinBanner = false;
                    config.registerPlugin(new TraffikPlugin(backend));
                    config.routes.wsBeforeUpgrade("/echo", throttled(handshakes));
                    config.routes.ws(
                        "/echo",
                        throttledWebSocket(
                            messages, ws -> ws.onMessage(ctx -> ctx.send(ctx.message()))));
                  })
              .start("127.0.0.1", 0);
      return new Running("ws://127.0.0.1:" + server.port() + "/echo", server::stop);
    }
  },

  JAVA_WEBSOCKET {
    @Override
    Running start(Throttle handshakes, WebSocketThrottling messages, Backend backend)
        throws InterruptedException {
      Echo server = new Echo();
      server.setWebSocketFactory(
          ThrottledWebSockets.handshakes(handshakes)
              .messages(messages)
              .paths("/echo")
              .backend(backend)
              .build());
      server.start();
      server.started.await();
      return new Running("ws://127.0.0.1:" + server.getPort() + "/echo", server::stopServer);
    }
  };

  /** A running server; stop it stops the server. */
  record Running(String url, Runnable stop) implements AutoCloseable {
    @Override
    public void close() {
      stop.run();
    }
  }

  abstract Running start(Throttle handshakes, WebSocketThrottling messages, Backend backend)
      throws Exception;

  Running start(Throttle handshakes, WebSocketThrottling messages) throws Exception {
    return start(handshakes, messages, InMemoryBackend.builder("echo").clock(() -> 0).build());
  }

  private static final class Echo extends WebSocketServer {
    private final CountDownLatch started = new CountDownLatch(1);

    Echo() {
      super(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      setReuseAddr(true);
      setTcpNoDelay(true);
    }

    void stopServer() {
      try {
        stop(1_000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void onOpen(WebSocket conn, ClientHandshake handshake) {}

    @Override
    public void onClose(WebSocket conn, int code, String reason, boolean remote) {}

    @Override
    public void onMessage(WebSocket conn, String message) {
      conn.send(message);
    }

    @Override
    public void onMessage(WebSocket conn, ByteBuffer message) {
      conn.send(message);
    }

    @Override
    public void onError(WebSocket conn, Exception thrown) {}

    @Override
    public void onStart() {
      started.countDown();
    }
  }
}
