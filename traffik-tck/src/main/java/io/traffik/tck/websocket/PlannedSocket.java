package io.traffik.tck.websocket;

import io.traffik.Throttle;
import io.traffik.websocket.WebSocketThrottling;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A WebSocket to serve, with its throttles and its handler, which records the messages.
 *
 * <p>Thread-safe.
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
   * The path, for example {@code /chat}, or {@code /rooms/{id}} or {@code /{id}} with a parameter
   * at the end.
   *
   * @return the path, beginning with a slash
   * @see WebSocketContract#hasTemplates()
   */
  public String path() {
    return path;
  }

  /**
   * The throttles to enforce before a connection is opened, in this order. A denied handshake must
   * get status 429, as an HTTP request does.
   *
   * @return the throttles, possibly none
   */
  public List<Throttle> handshakes() {
    return handshakes;
  }

  /**
   * The throttling of connections and messages.
   *
   * @return the throttling
   */
  public WebSocketThrottling throttling() {
    return throttling;
  }

  /**
   * Handles a text message. Call it once per allowed message, and send the returned reply.
   *
   * @param text the message
   * @return the reply, a text message
   */
  public String receive(String text) {
    received.add(text);
    return reply(text);
  }

  /**
   * Handles a binary message, as {@link #receive(String)} handles a text.
   *
   * @param data the message, from its position to its limit
   * @return the reply, a text message
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

  /** The messages that the handler has received on all connections, in order. */
  List<String> received() {
    return List.copyOf(received);
  }

  @Override
  public String toString() {
    return path;
  }
}
