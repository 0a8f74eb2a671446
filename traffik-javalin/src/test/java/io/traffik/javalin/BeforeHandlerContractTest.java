package io.traffik.javalin;

import static io.traffik.javalin.Throttling.throttled;

import io.javalin.config.RoutesConfig;
import io.traffik.Throttle;
import io.traffik.tck.http.PlannedRoute;

/** The contract for throttles in a {@code before} handler with the route's path. */
final class BeforeHandlerContractTest extends JavalinContract {

  @Override
  void add(RoutesConfig routes, PlannedRoute route) {
    routes.before(route.path(), throttled(route.throttles().toArray(Throttle[]::new)));
    routes.get(route.path(), ctx -> serve(route, ctx));
  }
}
