package io.traffik.javalin;

import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.router.Endpoints;
import io.traffik.ThrottleGroup;

/** A handler that enforces throttles before another handler. */
final class RouteHandler implements Handler {

  private final ThrottleGroup group;
  private final Handler handler;

  RouteHandler(ThrottleGroup group, Handler handler) {
    this.group = group;
    this.handler = handler;
  }

  @Override
  public void handle(Context ctx) throws Exception {
    if (new ThrottledExchange(ctx).admit(group, isRouted(ctx))) {
      handler.handle(ctx);
    }
  }

  /** Whether Javalin called this handler, and not another handler that only a throw would end. */
  private boolean isRouted(Context ctx) {
    Endpoints endpoints = ctx.endpoints();
    return !JavalinView.isHandshake(ctx)
        && !endpoints.list().isEmpty()
        && endpoints.current().handler == this;
  }
}
