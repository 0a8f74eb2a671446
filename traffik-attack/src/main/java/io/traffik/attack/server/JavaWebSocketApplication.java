package io.traffik.attack.server;

import io.traffik.Backend;
import io.traffik.javawebsocket.ThrottledWebSockets;
import io.traffik.websocket.WebSocketThrottling;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.java_websocket.WebSocket;
import org.java_websocket.exceptions.WebsocketNotConnectedException;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.server.WebSocketServer;
import org.jspecify.annotations.Nullable;

/** The WebSocket routes of a plan on Java-WebSocket. */
final class JavaWebSocketApplication extends WebSocketServer {

  /**
   * Threads of the server. It assigns them to connections in turn, so that without a throttle a
   * slow handler delays only a share of the other connections.
   */
  private static final int THREADS = 16;

  private final Map<String, RoutePlan.Sockets> routes;
  private final HandledCounts counts;
  private final CountDownLatch started = new CountDownLatch(1);

  private JavaWebSocketApplication(RoutePlan plan, HandledCounts counts) {
    super(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), THREADS);
    this.routes =
        plan.sockets().stream()
            .collect(Collectors.toMap(RoutePlan.Sockets::path, Function.identity()));
    this.counts = counts;
  }

  static StartedApplication start(RoutePlan plan, Backend backend, HandledCounts counts)
      throws InterruptedException {
    JavaWebSocketApplication server = new JavaWebSocketApplication(plan, counts);
    server.setReuseAddr(true);
    server.setTcpNoDelay(true);
    ThrottledWebSockets throttles = ThrottledWebSockets.handshakes().backend(backend);
    for (RoutePlan.Sockets route : plan.sockets()) {
      WebSocketThrottling throttling = route.throttling();
      if (throttling != null) {
        throttles = throttles.messages(route.path(), throttling);
      }
    }
    server.setWebSocketFactory(throttles.build());
    server.start();
    server.started.await();
    return new StartedApplication(server.getPort(), server::stopWithinASecond);
  }

  private void stopWithinASecond() {
    try {
      stop(1_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void onMessage(WebSocket conn, ByteBuffer message) {
    onMessage(conn, HandledCounts.BINARY);
  }

  @Override
  public void onMessage(WebSocket conn, String message) {
    RoutePlan.Sockets route = route(conn.getResourceDescriptor());
    InetSocketAddress remote = conn.getRemoteSocketAddress();
    if (route == null || remote == null) {
      return;
    }
    String answer = counts.handle(route, remote.getAddress().getHostAddress(), message);
    try {
      conn.send(answer);
    } catch (WebsocketNotConnectedException e) {
      // The client has left, and needs no answer.
    }
  }

  /** Finds the route of a target by hand, as applications of this library do. */
  private RoutePlan.@Nullable Sockets route(String target) {
    String path = target.split("[?#;]", 2)[0].replaceAll("/+", "/").replaceFirst("\\s.*$", "");
    return routes.get(
        URLDecoder.decode(path.replaceFirst("/$", ""), StandardCharsets.UTF_8).trim());
  }

  @Override
  public void onStart() {
    started.countDown();
  }

  @Override
  public void onOpen(WebSocket conn, ClientHandshake handshake) {}

  @Override
  public void onClose(WebSocket conn, int code, String reason, boolean remote) {}

  @Override
  public void onError(WebSocket conn, Exception thrown) {}
}
