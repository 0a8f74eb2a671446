package io.traffik;

import java.util.Iterator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A throttle's view of one HTTP request, WebSocket handshake or WebSocket message.
 *
 * <p>Adapters implement this interface for their framework; four methods are required. An adapter
 * creates a view per request or message. The throttle reads it on the calling thread. Listeners and
 * throttled handlers receive it with the decision, on another thread if the hit was asynchronous. A
 * view need not be safe for several threads at once.
 *
 * <p>Every method is a plain getter: it neither blocks nor throws, and may be called repeatedly.
 */
public interface ConnectionView {

  /** The kind of a view. It determines the default {@link Scope}. */
  enum Kind {
    /** An HTTP request. */
    HTTP,
    /** The HTTP request that opens a WebSocket. */
    HANDSHAKE,
    /** A message on an open WebSocket. */
    MESSAGE
  }

  /**
   * The kind of this view.
   *
   * @return {@link Kind#HTTP} by default
   */
  default Kind kind() {
    return Kind.HTTP;
  }

  /**
   * The HTTP method by which the framework selects the handler, in upper case as in RFC 9110.
   *
   * @return the method; {@code GET} for a WebSocket
   */
  String method();

  /**
   * The route template that the framework matched, such as {@code /users/{id}}. Without templates,
   * it is the pattern under which the handler or filter is registered, such as {@code /api/*}.
   *
   * <p>Return only text that the application declared. A client that could vary this text would get
   * a new bucket for each variant.
   *
   * @return the route; null (the default) if there is none. All connections without a route share
   *     the buckets of one route
   */
  default @Nullable String route() {
    return null;
  }

  /**
   * The path of the request: percent-decoded, without query and without {@code ;parameters}.
   *
   * <p>All spellings of a path that reach one resource must return the same text. Only {@link
   * Scope#PATH} and functions of the application use it.
   *
   * @return the path, with a leading slash
   */
  String path();

  /**
   * The address of the socket's remote end as a literal, with or without brackets. It is never
   * taken from a header and never a host name.
   *
   * @return the address literal; null if the transport has none
   */
  @Nullable String remoteAddress();

  /**
   * The values of all lines of a header, in the order received.
   *
   * @param name the header's name, in any case
   * @return the values; empty if the header is absent
   */
  Iterable<String> headers(String name);

  /**
   * The value of the first line of a header.
   *
   * @param name the header's name, in any case
   * @return the value; null if the header is absent
   */
  default @Nullable String header(String name) {
    Iterator<String> lines = headers(name).iterator();
    return lines.hasNext() ? lines.next() : null;
  }

  /**
   * The context of a WebSocket message. One connection may have several contexts, each with a
   * bucket of its own under {@link Scope#ROUTE_AND_CONTEXT}.
   *
   * @return the name of the context; {@code default} by default
   */
  default String context() {
    return "default";
  }

  /**
   * The size of a WebSocket message.
   *
   * @return the characters of a text message or the bytes of a binary one; 0 for other views
   */
  default int messageSize() {
    return 0;
  }

  /**
   * The backend of the application that received this connection. Unlike a {@link BackendScope}, it
   * is available on every thread that has the view.
   *
   * @return the application's backend; null (the default) if it has none
   */
  default @Nullable Backend backend() {
    return null;
  }

  /**
   * Returns the framework's object behind this view, such as a request or a session.
   *
   * @param type the class or interface of the object
   * @param <T> the type of the object
   * @return the object; null (the default) if there is none of that type
   */
  default <T> @Nullable T unwrap(Class<T> type) {
    return null;
  }

  /**
   * A view without a connection, for jobs and message consumers. Throttles use the identity as it
   * is, and {@link Scope#ALL_ROUTES}. The method is {@code GET}, the path is {@code /}, {@link
   * #unwrap} returns the identity, and everything else is absent.
   *
   * @param identity the client, not null
   * @return a view of the identity
   */
  static ConnectionView of(Identity identity) {
    return new IdentityView(Objects.requireNonNull(identity, "identity must not be null"));
  }
}
