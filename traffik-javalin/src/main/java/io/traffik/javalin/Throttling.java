package io.traffik.javalin;

import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.traffik.ConfigurationException;
import io.traffik.ConnectionThrottledException;
import io.traffik.Throttle;
import io.traffik.http.HttpDenial;
import io.traffik.http.QuotaFields;
import io.traffik.http.ThrottledRequest;
import java.util.List;

/**
 * Puts throttles in front of Javalin's handlers.
 *
 * <pre>{@code
 * config.routes.before("/api/*", throttled(api));
 * config.routes.get("/search", throttled(search, ctx -> ctx.json(find(ctx))));
 * }</pre>
 *
 * <p>A denied request is answered with 429 and goes no further. A request is charged once per
 * throttle, whatever handlers it passes; if a later throttle denies it, what the earlier ones took
 * is given back.
 */
public final class Throttling {

  private static final String ATTRIBUTE = ThrottledRequest.class.getName();

  private Throttling() {}

  /**
   * A handler that asks one or several throttles in order, to be used with {@code before}.
   *
   * @param throttles at least one
   * @return the handler
   * @throws ConfigurationException if there is none
   */
  public static Handler throttled(Throttle... throttles) {
    if (throttles.length == 0) {
      throw new ConfigurationException("a handler must have at least one throttle: 0");
    }
    List<Throttle> asked = List.of(throttles);
    return ctx -> isAllowed(ctx, asked);
  }

  /**
   * A handler behind a throttle.
   *
   * @param throttle asked first
   * @param handler runs if the throttle allows
   * @return the handler
   */
  public static Handler throttled(Throttle throttle, Handler handler) {
    return throttled(List.of(throttle), handler);
  }

  /**
   * A handler behind several throttles.
   *
   * @param throttles asked first, in order
   * @param handler runs if all throttles allow
   * @return the handler
   */
  public static Handler throttled(List<Throttle> throttles, Handler handler) {
    List<Throttle> asked = List.copyOf(throttles);
    return ctx -> {
      if (isAllowed(ctx, asked)) {
        handler.handle(ctx);
      }
    };
  }

  private static boolean isAllowed(Context ctx, List<Throttle> throttles) {
    ThrottledRequest request = request(ctx);
    try {
      for (Throttle throttle : throttles) {
        request.enforce(throttle, JavalinView.of(ctx));
      }
    } catch (ConnectionThrottledException e) {
      if (TraffikPlugin.of(ctx) != null) {
        // The application may have an exception handler of its own for it.
        throw e;
      }
      answer(ctx, e);
      ctx.skipRemainingHandlers();
      return false;
    }
    request.fields(quotaFields(ctx)).forEach(ctx::header);
    return true;
  }

  static void answer(Context ctx, ConnectionThrottledException thrown) {
    HttpDenial denial = request(ctx).denial(thrown, quotaFields(ctx));
    ctx.status(denial.status());
    ctx.result(denial.body());
    denial.headers().forEach(ctx::header);
  }

  private static ThrottledRequest request(Context ctx) {
    ThrottledRequest found = ctx.attribute(ATTRIBUTE);
    if (found != null) {
      return found;
    }
    ThrottledRequest made = new ThrottledRequest();
    ctx.attribute(ATTRIBUTE, made);
    return made;
  }

  private static QuotaFields quotaFields(Context ctx) {
    TraffikPlugin plugin = TraffikPlugin.of(ctx);
    return plugin == null ? QuotaFields.STANDARD : plugin.quotaFields();
  }
}
