package io.traffik.tck.http;

import io.traffik.Throttle;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A route to serve, with its throttles and its handler, which counts its runs.
 *
 * <p>{@code GET} must reach the handler. Other methods may reach it too. Thread-safe.
 */
public final class PlannedRoute {

  /** The kinds of handlers. */
  enum Kind {
    IMMEDIATE,
    ASYNCHRONOUS,
    FAILING
  }

  private final String path;
  private final Kind kind;
  private final List<Throttle> throttles;
  private final AtomicInteger runs = new AtomicInteger();

  PlannedRoute(String path, Kind kind, Throttle... throttles) {
    this.path = path;
    this.kind = kind;
    this.throttles = List.of(throttles);
  }

  /**
   * The path, for example {@code /plain}, or {@code /users/{id}} or {@code /{id}} with a parameter
   * at the end. A path without a parameter takes precedence over one with a parameter.
   *
   * @return the path, beginning with a slash
   * @see AdapterContract#hasTemplates()
   */
  public String path() {
    return path;
  }

  /**
   * The throttles to enforce before the handler runs, in this order.
   *
   * @return at least one throttle
   */
  public List<Throttle> throttles() {
    return throttles;
  }

  /**
   * Whether to run the handler by {@link #serveAsync()}.
   *
   * @return true if so, false if by {@link #serve()}
   * @see AdapterContract#hasAsynchronousHandlers()
   */
  public boolean isAsynchronous() {
    return kind == Kind.ASYNCHRONOUS;
  }

  /**
   * Runs the handler. Call it once per allowed request, and send the returned body with status 200.
   *
   * @return the body of the response, in ASCII
   * @throws IllegalStateException if the handler must fail; let the framework handle it
   */
  public String serve() {
    runs.incrementAndGet();
    if (kind == Kind.FAILING) {
      throw new IllegalStateException("this handler fails on purpose");
    }
    return body();
  }

  /**
   * Runs the handler on another thread. Call it instead of {@link #serve()} if {@link
   * #isAsynchronous()}, and send the stage's result with status 200.
   *
   * @return a stage with the body of the response; it never fails
   */
  public CompletionStage<String> serveAsync() {
    return CompletableFuture.supplyAsync(this::serve, task -> new Thread(task).start());
  }

  String body() {
    return "served by " + path;
  }

  int runs() {
    return runs.get();
  }

  @Override
  public String toString() {
    return path;
  }
}
