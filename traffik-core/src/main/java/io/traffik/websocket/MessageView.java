package io.traffik.websocket;

import io.traffik.Backend;
import io.traffik.ConnectionView;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The view of a WebSocket message. Address, path and headers are those of the handshake that opened
 * the connection.
 *
 * <p>Immutable. The bytes of a binary message belong to the server: read them before the message's
 * handler returns.
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
   * Returns the view of a text message in the context {@code default}.
   *
   * @param handshake the view of the connection's handshake; not null
   * @param text the message; not null
   * @return the view
   */
  public static MessageView text(ConnectionView handshake, String text) {
    return new MessageView(
        handshake, Objects.requireNonNull(text, "text must not be null"), null, "default");
  }

  /**
   * Returns the view of a binary message in the context {@code default}.
   *
   * @param handshake the view of the connection's handshake; not null
   * @param data the message, from its position to its limit; not null, not modified
   * @return the view
   */
  public static MessageView binary(ConnectionView handshake, ByteBuffer data) {
    ByteBuffer bytes = Objects.requireNonNull(data, "data must not be null").asReadOnlyBuffer();
    return new MessageView(handshake, null, bytes, "default");
  }

  /**
   * Returns a view of this message that is counted in another context.
   *
   * @param context the name of the context; not null. Never use a text of the client: each new name
   *     has a fresh bucket
   * @return the view
   */
  public MessageView withContext(String context) {
    Objects.requireNonNull(context, "context must not be null");
    return new MessageView(handshake, text, data, context);
  }

  /**
   * Returns the text of the message.
   *
   * @return the text, or null if the message is binary
   */
  public @Nullable String text() {
    return text;
  }

  /**
   * Returns the bytes of the message in a new read-only buffer.
   *
   * @return the bytes, or null if the message is text
   */
  public @Nullable ByteBuffer data() {
    return data == null ? null : data.duplicate();
  }

  /**
   * Returns the view of the handshake that opened the connection.
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

  /** Omits the content, which may be long and confidential. */
  @Override
  public String toString() {
    return "message of " + messageSize() + " on " + path() + " (" + context + ")";
  }
}
