package io.traffik;

import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * What a throttle sees of one HTTP request, WebSocket handshake or WebSocket message.
 *
 * <p>Adapters implement this interface for their framework; four methods are enough. A view is made
 * per request or message and read on the thread that asks. It is kept until the decision, with
 * which listeners and throttled handlers get it, on another thread if the hit was asynchronous. It
 * need not be thread-safe, unless its user hands it to several threads.
 *
 * <p>Every method is a plain getter: it neither blocks nor throws, and a caller may call it more
 * than once.
 */
public interface ConnectionView {

  /** What kind of exchange a view stands for; chooses the default {@link Scope}. */
  enum Kind {
    /** An HTTP request. */
    HTTP,
    /** The HTTP request that opens a WebSocket. */
    HANDSHAKE,
    /** A message on an open WebSocket. */
    MESSAGE
  }

  /**
   * The kind of exchange.
   *
   * @return {@link Kind#HTTP} unless overridden
   */
  default Kind kind() {
    return Kind.HTTP;
  }

  /**
   * The HTTP method by which the framework chose the handler, upper case as RFC 9110 has it.
   *
   * @return the method; {@code GET} for a WebSocket
   */
  String method();

  /**
   * The template or mapping that the framework matched, such as {@code /users/{id}}.
   *
   * <p>Only text that the application declared belongs here, never text that a client chose: a
   * client that could vary it would get a fresh bucket for each variant.
   *
   * @return the route, or null (the default) where none is known; the {@link #path()} stands in
   */
  default @Nullable String route() {
    return null;
  }

  /**
   * The path of the request: percent-decoded, without query and without {@code ;parameters}.
   *
   * <p>All spellings that reach one resource must give one text here.
   *
   * @return the path, beginning with a slash
   */
  String path();

  /**
   * The address of the socket's other end as a literal, with or without brackets; never taken from
   * a header and never a host name.
   *
   * @return the address literal, or null where the transport has none
   */
  @Nullable String remoteAddress();

  /**
   * All lines of a header, in the order received.
   *
   * @param name the header's name, in any case
   * @return the values, empty where the header is absent
   */
  Iterable<String> headers(String name);

  /**
   * The first line of a header.
   *
   * @param name the header's name, in any case
   * @return the value, or null where the header is absent
   */
  default @Nullable String header(String name) {
    Iterator<String> lines = headers(name).iterator();
    return lines.hasNext() ? lines.next() : null;
  }

  /**
   * The name of the budget that a WebSocket message draws on, so that one connection may have
   * several.
   *
   * @return the name, {@code default} unless overridden
   */
  default String context() {
    return "default";
  }

  /**
   * The size of a WebSocket message.
   *
   * @return characters of a text message, bytes of a binary one; 0 for anything else
   */
  default int messageSize() {
    return 0;
  }

  /**
   * The backend of the application that received this connection. It travels with the view, so that
   * it is found whatever thread the request has moved to.
   *
   * @return the application's backend, or null (the default) where it has none
   */
  default @Nullable Backend backend() {
    return null;
  }

  /**
   * The framework's own object behind this view.
   *
   * @param type the class or interface wanted
   * @param <T> the type wanted
   * @return the object, or null (the default) where there is none of that type
   */
  default <T> @Nullable T unwrap(Class<T> type) {
    return null;
  }
}
