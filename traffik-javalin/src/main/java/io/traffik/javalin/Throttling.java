package io.traffik.javalin;

import io.javalin.http.Handler;
import io.traffik.ConfigurationException;
import io.traffik.ConnectionThrottledException;
import io.traffik.Throttle;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/**
 * Handlers that put throttles on routes.
 *
 * <pre>{@code
 * config.routes.before("/api/*", throttled(api));
 * config.routes.get("/search", throttled(search, ctx -> ctx.json(find(ctx))));
 * }</pre>
 *
 * <p>All parameters must not be null.
 *
 * <p>A denied request is answered with 429 and never reaches its handler; {@code after} and error
 * handlers run as ever. A request is charged once per throttle, however many of these handlers it
 * meets; when a later throttle denies or raises, what the earlier ones took is given back.
 *
 * <p>Javalin matches the patterns of {@code before} handlers against the path as the client spelled
 * it, but finds static files by the decoded one: {@code before("/files/*", …)} does not see {@code
 * /%66iles/a.pdf}. Put a throttle before static files without a pattern, {@code
 * before(throttled(api))}.
 *
 * <p>With the {@link TraffikPlugin} a denial is a {@link ConnectionThrottledException}, which the
 * plugin answers, or a mapper of the application's that was registered after the plugin. Without
 * it, these handlers answer by themselves and no mapper is asked for that exception; throttles then
 * need a backend of their own, and in a {@code before} handler the route is its own pattern, since
 * Javalin does not say which endpoint will follow.
 */
public final class Throttling {

  private Throttling() {}

  /**
   * A handler that only throttles, for {@code before} and {@code beforeMatched}. Called inside
   * another handler it throws on a denial, so that nothing after it runs.
   *
   * @param throttles at least one, enforced in order
   * @return the handler
   * @throws ConfigurationException if there is no throttle
   */
  public static Handler throttled(Throttle... throttles) {
    Objects.requireNonNull(throttles, "throttles must not be null");
    return throttled(Arrays.asList(throttles), ctx -> {});
  }

  /**
   * Puts a throttle before a handler.
   *
   * @param throttle enforced first
   * @param handler called if the request is allowed
   * @return both in one
   */
  public static Handler throttled(Throttle throttle, Handler handler) {
    return throttled(Collections.singletonList(throttle), handler);
  }

  /**
   * Puts several throttles before a handler.
   *
   * @param throttles at least one, enforced in order
   * @param handler called if the request is allowed
   * @return all in one
   * @throws ConfigurationException if there is no throttle
   */
  public static Handler throttled(List<Throttle> throttles, Handler handler) {
    Objects.requireNonNull(handler, "handler must not be null");
    Objects.requireNonNull(throttles, "throttles must not be null")
        .forEach(throttle -> Objects.requireNonNull(throttle, "throttle must not be null"));
    List<Throttle> enforced = List.copyOf(throttles);
    if (enforced.isEmpty()) {
      throw new ConfigurationException("throttled(…) must be given at least one throttle: none");
    }
    return ctx -> {
      new ThrottledExchange(ctx).enforce(enforced);
      handler.handle(ctx);
    };
  }
}
