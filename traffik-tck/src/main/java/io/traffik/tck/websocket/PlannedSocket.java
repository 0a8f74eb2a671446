package io.traffik.tck.websocket;

import io.traffik.Throttle;
import io.traffik.websocket.WebSocketThrottling;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A WebSocket to serve, what throttles it, and its handler, which keeps what it received.
 *
 * <p>Safe for any number of threads.
 */
public final class PlannedSocket {

  private final String path;
  private final List<Throttle> handshakes;
  private final WebSocketThrottling throttling;
  private final Queue<String> received = new ConcurrentLinkedQueue<>();

  PlannedSocket(String path, List<Throttle> handshakes, WebSocketThrottling throttling) {
    this.path = path;
    this.handshakes = handshakes;
    this.throttling = throttling;
  }

  /**
   * The path: {@code /chat}, say, or {@code /rooms/{id}}, whose last segment is a parameter.
   *
   * @return the path, beginning with a slash
   * @see WebSocketContract#hasTemplates()
   */
  public String path() {
    return path;
  }

  /**
   * The throttles to enforce before a connection is opened, in this order; one that is denied is to
   * be answered with 429, as an HTTP request is.
   *
   * @return any number
   */
  public List<Throttle> handshakes() {
    return handshakes;
  }

  /**
   * What connections and messages meet.
   *
   * @return the throttling
   */
  public WebSocketThrottling throttling() {
    return throttling;
  }

  /**
   * Handles a text message. Call it once per message that the throttles let pass, and send what it
   * returns.
   *
   * @param text the message
   * @return the reply, a text
   */
  public String receive(String text) {
    received.add(text);
    return reply(text);
  }

  /**
   * Handles a binary message, as {@link #receive(String)} does a text.
   *
   * @param data the message, from its position to its limit
   * @return the reply, a text
   */
  public String receive(ByteBuffer data) {
    return receive(bytes(data.remaining()));
  }

  static String bytes(int count) {
    return count + " bytes";
  }

  static String reply(String text) {
    return "received " + text;
  }

  /** What the handler has received on all connections, in the order of its calls. */
  List<String> received() {
    return List.copyOf(received);
  }

  @Override
  public String toString() {
    return path;
  }
}
