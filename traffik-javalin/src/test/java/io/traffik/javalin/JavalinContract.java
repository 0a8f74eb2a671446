package io.traffik.javalin;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.traffik.tck.RunningServer;
import io.traffik.tck.http.AdapterContract;
import io.traffik.tck.http.PlannedRoute;
import io.traffik.tck.http.ServerPlan;

/** Holds the plugin and the handlers to the contract of adapters. */
abstract class JavalinContract extends AdapterContract {

  @Override
  protected RunningServer start(ServerPlan plan) {
    Server server =
        new Server(
            config -> {
              config.registerPlugin(new TraffikPlugin(plan.backend(), plan.rateLimitHeaders()));
              plan.routes().forEach(route -> add(config.routes, route));
            });
    return RunningServer.onPort(server.port(), server);
  }

  /** Puts the throttles of a route in front of its handler. */
  abstract void add(RoutesConfig routes, PlannedRoute route);

  static void serve(PlannedRoute route, Context ctx) {
    if (route.isAsynchronous()) {
      ctx.future(() -> route.serveAsync().thenAccept(ctx::result).toCompletableFuture());
    } else {
      ctx.result(route.serve());
    }
  }
}
