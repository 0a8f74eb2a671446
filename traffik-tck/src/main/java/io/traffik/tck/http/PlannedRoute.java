package io.traffik.tck.http;

import io.traffik.Throttle;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A route to serve, the throttles in front of it, and its handler, which counts how often it runs.
 *
 * <p>{@code GET} must reach the handler. Which other methods do is left to the framework. Safe for
 * any number of threads.
 */
public final class PlannedRoute {

  /** How the handler of a route answers. */
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
   * The path: {@code /plain}, say, or {@code /users/{id}}, whose last segment is a parameter.
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
   * @return one or several
   */
  public List<Throttle> throttles() {
    return throttles;
  }

  /**
   * Whether the handler is to be run by {@link #serveAsync()}.
   *
   * @return true if so, false if by {@link #serve()}
   * @see AdapterContract#hasAsynchronousHandlers()
   */
  public boolean isAsynchronous() {
    return kind == Kind.ASYNCHRONOUS;
  }

  /**
   * Runs the handler. Call it once per request that the throttles let pass, and send what it
   * returns with status 200.
   *
   * @return the body of the answer, ASCII text
   * @throws IllegalStateException on routes whose handler is to fail; leave it to the framework
   */
  public String serve() {
    runs.incrementAndGet();
    if (kind == Kind.FAILING) {
      throw new IllegalStateException("this handler fails on purpose");
    }
    return body();
  }

  /**
   * Runs the handler on another thread. Call it in place of {@link #serve()} where {@link
   * #isAsynchronous()}, and send what the stage brings with status 200.
   *
   * @return a stage with the body of the answer; it never fails
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
