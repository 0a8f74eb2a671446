package io.traffik.tck;

import io.traffik.Backend;
import io.traffik.ConnectionView;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A connection for tests, without a server:
 *
 * <pre>{@code
 * FakeConnection alice = FakeConnection.get("/users/7").route("/users/{id}").remoteAddress("192.0.2.7");
 * throttle.hit(alice.header("X-Api-Key", "a1b2"));
 * }</pre>
 *
 * <p>Methods with an argument return a copy with one change. By default, the remote address is
 * {@code 192.0.2.1} (an address that RFC 5737 reserves for documentation), and the connection has
 * no route, no header and no backend.
 *
 * <p>Immutable and thread-safe.
 *
 * @param kind the kind of exchange
 * @param method the HTTP method
 * @param route the route template; null if unknown
 * @param path the decoded path
 * @param remoteAddress the client's address as a literal; null if the transport has none
 * @param headers the lines of each header, by its name in lower case; must be immutable
 * @param context the context that a message is counted in
 * @param messageSize the size of a message, 0 for anything else
 * @param backend the application's backend; null for none
 * @param unwrapped the framework's object; null for none
 */
public record FakeConnection(
    Kind kind,
    String method,
    @Nullable String route,
    String path,
    @Nullable String remoteAddress,
    Map<String, List<String>> headers,
    String context,
    int messageSize,
    @Nullable Backend backend,
    @Nullable Object unwrapped)
    implements ConnectionView {

  private static final String DOCUMENTATION_ADDRESS = "192.0.2.1";

  /**
   * A {@code GET} request.
   *
   * @param path the decoded path, beginning with a slash
   * @return the connection
   */
  public static FakeConnection get(String path) {
    return of(Kind.HTTP, "GET", path, 0);
  }

  /**
   * A {@code POST} request.
   *
   * @param path the decoded path, beginning with a slash
   * @return the connection
   */
  public static FakeConnection post(String path) {
    return of(Kind.HTTP, "POST", path, 0);
  }

  /**
   * A WebSocket handshake.
   *
   * @param path the decoded path, beginning with a slash
   * @return the connection
   */
  public static FakeConnection handshake(String path) {
    return of(Kind.HANDSHAKE, "GET", path, 0);
  }

  /**
   * A message on an open WebSocket.
   *
   * @param path the path of the handshake
   * @param size the number of characters of a text message, or bytes of a binary one; at least 0
   * @return the connection
   * @throws IllegalArgumentException if the size is negative
   */
  public static FakeConnection message(String path, int size) {
    if (size < 0) {
      throw new IllegalArgumentException("size must be at least 0: " + size);
    }
    return of(Kind.MESSAGE, "GET", path, size);
  }

  private static FakeConnection of(Kind kind, String method, String path, int size) {
    return new FakeConnection(
        kind, method, null, path, DOCUMENTATION_ADDRESS, Map.of(), "default", size, null, null);
  }

  /**
   * This connection with another method.
   *
   * @param other the HTTP method
   * @return a copy
   */
  public FakeConnection method(String other) {
    return new FakeConnection(
        kind, other, route, path, remoteAddress, headers, context, messageSize, backend, unwrapped);
  }

  /**
   * This connection with another route.
   *
   * @param other the route template; null for none
   * @return a copy
   */
  public FakeConnection route(@Nullable String other) {
    return new FakeConnection(
        kind,
        method,
        other,
        path,
        remoteAddress,
        headers,
        context,
        messageSize,
        backend,
        unwrapped);
  }

  /**
   * This connection with another path.
   *
   * @param other the decoded path
   * @return a copy
   */
  public FakeConnection path(String other) {
    return new FakeConnection(
        kind,
        method,
        route,
        other,
        remoteAddress,
        headers,
        context,
        messageSize,
        backend,
        unwrapped);
  }

  /**
   * This connection with another remote address.
   *
   * @param other an address literal; null for a transport without addresses
   * @return a copy
   */
  public FakeConnection remoteAddress(@Nullable String other) {
    return new FakeConnection(
        kind, method, route, path, other, headers, context, messageSize, backend, unwrapped);
  }

  /**
   * This connection with one more header line.
   *
   * @param name the header's name, in any case
   * @param value the value of the line
   * @return a copy
   */
  public FakeConnection header(String name, String value) {
    Map<String, List<String>> copy = new TreeMap<>(headers);
    List<String> lines = new ArrayList<>(copy.getOrDefault(lowerCase(name), List.of()));
    lines.add(value);
    copy.put(lowerCase(name), List.copyOf(lines));
    return new FakeConnection(
        kind,
        method,
        route,
        path,
        remoteAddress,
        Map.copyOf(copy),
        context,
        messageSize,
        backend,
        unwrapped);
  }

  /**
   * This connection with another context for its messages.
   *
   * @param other the name of the context
   * @return a copy
   */
  public FakeConnection context(String other) {
    return new FakeConnection(
        kind, method, route, path, remoteAddress, headers, other, messageSize, backend, unwrapped);
  }

  /**
   * This connection with an application's backend.
   *
   * @param other the backend; null for none
   * @return a copy
   */
  public FakeConnection backend(@Nullable Backend other) {
    return new FakeConnection(
        kind, method, route, path, remoteAddress, headers, context, messageSize, other, unwrapped);
  }

  /**
   * This connection with a framework's object.
   *
   * @param other the object that {@link #unwrap} returns for its type; null for none
   * @return a copy
   */
  public FakeConnection wrapping(@Nullable Object other) {
    return new FakeConnection(
        kind, method, route, path, remoteAddress, headers, context, messageSize, backend, other);
  }

  @Override
  public Iterable<String> headers(String name) {
    return headers.getOrDefault(lowerCase(name), List.of());
  }

  @Override
  public <T> @Nullable T unwrap(Class<T> type) {
    return type.isInstance(unwrapped) ? type.cast(unwrapped) : null;
  }

  private static String lowerCase(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
