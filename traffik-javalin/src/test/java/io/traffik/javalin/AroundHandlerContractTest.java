package io.traffik.javalin;

import static io.traffik.javalin.Throttling.throttled;

import io.javalin.config.RoutesConfig;
import io.traffik.tck.http.PlannedRoute;

/** The contract for throttles around the handler of a route. */
final class AroundHandlerContractTest extends JavalinContract {

  @Override
  void add(RoutesConfig routes, PlannedRoute route) {
    routes.get(route.path(), throttled(route.throttles(), ctx -> serve(route, ctx)));
  }
}
