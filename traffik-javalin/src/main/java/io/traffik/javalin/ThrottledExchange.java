package io.traffik.javalin;

import io.javalin.http.Context;
import io.javalin.http.TooManyRequestsResponse;
import io.javalin.http.servlet.JavalinServletContext;
import io.javalin.http.servlet.Task;
import io.traffik.ConnectionThrottledException;
import io.traffik.Throttle;
import io.traffik.http.RateLimitHeaders;
import io.traffik.http.ThrottledRequest;
import java.util.List;
import kotlin.Unit;
import org.jspecify.annotations.Nullable;

/** One request under throttles, and what its response says about them. */
final class ThrottledExchange {

  /** Outlives the context, since a forward makes a new one, and is shared with other adapters. */
  private static final String ATTRIBUTE = ThrottledRequest.class.getName();

  /** The address that the server reported at the handshake of a WebSocket. */
  static final String PEER = "io.traffik.javalin.peer";

  private final Context ctx;
  private final @Nullable PluginState application;
  private final ThrottledRequest request;

  ThrottledExchange(Context ctx) {
    this.ctx = ctx;
    this.application = PluginState.of(ctx);
    this.request = requestOf(ctx);
  }

  private static ThrottledRequest requestOf(Context ctx) {
    ThrottledRequest kept = ctx.attribute(ATTRIBUTE);
    if (kept != null) {
      return kept;
    }
    ThrottledRequest fresh = new ThrottledRequest();
    ctx.attribute(ATTRIBUTE, fresh);
    return fresh;
  }

  /** Returns only if the request may proceed. */
  void enforce(List<Throttle> throttles) {
    JavalinView view = new JavalinView(ctx, application);
    if (JavalinView.isHandshake(ctx)) {
      ctx.attribute(PEER, view.remoteAddress());
    }
    try {
      for (Throttle throttle : throttles) {
        request.enforce(throttle, view);
      }
    } catch (ConnectionThrottledException e) {
      throw application == null ? answeredWithoutMapper(e) : e;
    } finally {
      request.headers(rateLimitHeaders()).forEach(ctx::header);
    }
  }

  /**
   * Skipping the remaining handlers would skip those after as well; only an exception makes Javalin
   * leave out the request's handler alone. One of Javalin's own is answered without a mapper, and
   * the task that is put behind that answer makes it ours. Handshakes have no such tasks, and their
   * answer is on its way before.
   */
  private RuntimeException answeredWithoutMapper(ConnectionThrottledException thrown) {
    if (JavalinView.isHandshake(ctx)) {
      answer(thrown);
      return new TooManyRequestsResponse();
    }
    if (!(ctx instanceof JavalinServletContext running)) {
      return thrown;
    }
    running
        .getTasks()
        .offerFirst(
            new Task(
                false,
                () -> {
                  answer(thrown);
                  return Unit.INSTANCE;
                }));
    return new TooManyRequestsResponse();
  }

  void answer(ConnectionThrottledException thrown) {
    new ResponseReset(ctx).giveWayTo(request.denial(thrown, rateLimitHeaders()));
  }

  private RateLimitHeaders rateLimitHeaders() {
    return application == null ? RateLimitHeaders.STANDARD : application.rateLimitHeaders();
  }
}
