package io.traffik.attack.server;

import io.traffik.Throttle;
import io.traffik.websocket.WebSocketThrottling;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The routes of the server under attack and their throttles. Not thread-safe. */
public final class RoutePlan {

  /**
   * A route for requests.
   *
   * @param throttles enforced together; may be empty
   * @param handling the time that the handler takes
   */
  record Requests(String path, List<Throttle> throttles, Duration handling) {}

  /**
   * A route for WebSockets.
   *
   * @param handshakes throttles of handshakes; may be empty
   * @param throttling throttles of messages and connections, or null
   * @param handling the time that the handler of a message takes
   */
  record Sockets(
      String path,
      List<Throttle> handshakes,
      @Nullable WebSocketThrottling throttling,
      Duration handling) {}

  private final boolean throttled;
  private final List<Requests> requests = new ArrayList<>();
  private final List<Sockets> sockets = new ArrayList<>();

  /**
   * @param throttled false for a server without throttles, which shows what the throttles cost
   */
  public RoutePlan(boolean throttled) {
    this.throttled = throttled;
  }

  /** Adds a route for requests. */
  public RoutePlan requests(String path, Throttle... throttles) {
    return slowRequests(path, Duration.ZERO, throttles);
  }

  /** Adds a route for requests whose handlers take a while. */
  public RoutePlan slowRequests(String path, Duration handling, Throttle... throttles) {
    requests.add(new Requests(path, listOf(throttles), handling));
    return this;
  }

  /** Adds a route for WebSockets with throttled messages. */
  public RoutePlan messages(String path, Throttle... throttles) {
    return slowMessages(path, Duration.ZERO, throttles);
  }

  /** Adds a route for WebSockets with throttled messages, whose handlers take a while. */
  public RoutePlan slowMessages(String path, Duration handling, Throttle... throttles) {
    return sockets(path, handling, WebSocketThrottling.ofMessages(throttles));
  }

  /** Adds a route for WebSockets with throttled messages, connections or pings. */
  public RoutePlan sockets(String path, WebSocketThrottling throttling) {
    return sockets(path, Duration.ZERO, throttling);
  }

  private RoutePlan sockets(String path, Duration handling, WebSocketThrottling throttling) {
    sockets.add(new Sockets(path, List.of(), throttled ? throttling : null, handling));
    return this;
  }

  /** Adds a route for WebSockets with throttled handshakes. Only Javalin enforces them. */
  public RoutePlan handshakes(String path, Throttle... throttles) {
    sockets.add(new Sockets(path, listOf(throttles), null, Duration.ZERO));
    return this;
  }

  private List<Throttle> listOf(Throttle... throttles) {
    return throttled ? List.of(throttles) : List.of();
  }

  List<Requests> requests() {
    return requests;
  }

  List<Sockets> sockets() {
    return sockets;
  }
}
