package io.traffik.websocket;

import io.traffik.Backend;
import io.traffik.ConnectionView;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket message as throttles see it: everything about the client is that of the handshake
 * that opened the connection.
 *
 * <p>Immutable. A binary message's bytes are those of the server and must be read before the
 * message's handler returns.
 */
public final class MessageView implements ConnectionView {

  private final ConnectionView handshake;
  private final @Nullable String text;
  private final @Nullable ByteBuffer data;
  private final String context;

  private MessageView(
      ConnectionView handshake, @Nullable String text, @Nullable ByteBuffer data, String context) {
    this.handshake = Objects.requireNonNull(handshake, "handshake must not be null");
    this.text = text;
    this.data = data;
    this.context = context;
  }

  /**
   * A text message, in the context {@code default}.
   *
   * @param handshake the view of the connection's handshake; not null
   * @param text the message; not null
   * @return its view
   */
  public static MessageView text(ConnectionView handshake, String text) {
    return new MessageView(
        handshake, Objects.requireNonNull(text, "text must not be null"), null, "default");
  }

  /**
   * A binary message, in the context {@code default}.
   *
   * @param handshake the view of the connection's handshake; not null
   * @param data the message, from its position to its limit; not null, and left as it is
   * @return its view
   */
  public static MessageView binary(ConnectionView handshake, ByteBuffer data) {
    ByteBuffer kept = Objects.requireNonNull(data, "data must not be null").asReadOnlyBuffer();
    return new MessageView(handshake, null, kept, "default");
  }

  /**
   * This message as one that draws on another budget.
   *
   * @param context the name of the budget; not null. Take it from what the application declared: a
   *     client that could vary it would get a fresh bucket for each variant
   * @return a view
   */
  public MessageView withContext(String context) {
    Objects.requireNonNull(context, "context must not be null");
    return new MessageView(handshake, text, data, context);
  }

  /**
   * The text of the message.
   *
   * @return the text, or null if the message is binary
   */
  public @Nullable String text() {
    return text;
  }

  /**
   * The bytes of the message.
   *
   * @return the bytes, read-only and from the first on with each call, or null if it is a text
   */
  public @Nullable ByteBuffer data() {
    return data == null ? null : data.duplicate();
  }

  /**
   * The view of the handshake that opened the connection.
   *
   * @return the view
   */
  public ConnectionView handshake() {
    return handshake;
  }

  @Override
  public Kind kind() {
    return Kind.MESSAGE;
  }

  @Override
  public String method() {
    return "GET";
  }

  @Override
  public @Nullable String route() {
    return handshake.route();
  }

  @Override
  public String path() {
    return handshake.path();
  }

  @Override
  public @Nullable String remoteAddress() {
    return handshake.remoteAddress();
  }

  @Override
  public Iterable<String> headers(String name) {
    return handshake.headers(name);
  }

  @Override
  public @Nullable String header(String name) {
    return handshake.header(name);
  }

  @Override
  public String context() {
    return context;
  }

  @Override
  public int messageSize() {
    if (text != null) {
      return text.length();
    }
    return data == null ? 0 : data.remaining();
  }

  @Override
  public @Nullable Backend backend() {
    return handshake.backend();
  }

  @Override
  public <T> @Nullable T unwrap(Class<T> type) {
    return handshake.unwrap(type);
  }

  /** Without the message, which may be long and is the client's own. */
  @Override
  public String toString() {
    return "message of " + messageSize() + " on " + path() + " (" + context + ")";
  }
}
