package io.traffik.javalin;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.traffik.tck.RunningServer;
import io.traffik.tck.http.AdapterContract;
import io.traffik.tck.http.PlannedRoute;
import io.traffik.tck.http.ServerPlan;

/** The adapter contract, run against the plugin and the handlers. */
abstract class JavalinContract extends AdapterContract {

  @Override
  protected RunningServer start(ServerPlan plan) {
    JavalinTestServer server =
        new JavalinTestServer(
            config -> {
              config.registerPlugin(new TraffikPlugin(plan.backend(), plan.rateLimitHeaders()));
              plan.routes().forEach(route -> add(config.routes, route));
            });
    return RunningServer.onPort(server.port(), server);
  }

  /** Registers a route with its throttles. */
  abstract void add(RoutesConfig routes, PlannedRoute route);

  static void serve(PlannedRoute route, Context ctx) {
    if (route.isAsynchronous()) {
      ctx.future(() -> route.serveAsync().thenAccept(ctx::result).toCompletableFuture());
    } else {
      ctx.result(route.serve());
    }
  }
}
