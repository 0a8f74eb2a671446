package io.traffik.attack.server;

import static io.traffik.javalin.Throttling.throttled;
import static io.traffik.javalin.Throttling.throttledWebSocket;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Handler;
import io.javalin.websocket.WsConfig;
import io.javalin.websocket.WsContext;
import io.traffik.Backend;
import io.traffik.Throttle;
import io.traffik.javalin.TraffikPlugin;
import io.traffik.websocket.WebSocketThrottling;
import java.net.InetSocketAddress;
import java.util.function.Consumer;

/** The routes of a plan on Javalin. */
final class JavalinApplication {

  private JavalinApplication() {}

  static StartedApplication start(
      RoutePlan plan,
      Backend backend,
      HandledCounts counts,
      SessionCounter sessions,
      boolean virtualThreads) {
    Javalin server =
        Javalin.create(
                config -> {
                  config.startup.showJavalinBanner = false;
                  config.concurrency.useVirtualThreads = virtualThreads;
                  config.jetty.modifyServletContextHandler(
                      handler -> handler.addEventListener(sessions));
                  config.registerPlugin(new TraffikPlugin(backend));
                  plan.requests().forEach(route -> addRequests(config, route, counts));
                  plan.sockets().forEach(route -> addSockets(config, route, counts));
                })
            .start(StartedApplication.HOST, 0);
    return new StartedApplication(server.port(), server::stop);
  }

  private static void addRequests(
      JavalinConfig config, RoutePlan.Requests route, HandledCounts counts) {
    Handler handler =
        ctx -> {
          counts.handle(route.path(), ctx.ip(), route.handling());
          ctx.result("ok");
        };
    config.routes.get(
        route.path(),
        route.throttles().isEmpty() ? handler : throttled(route.throttles(), handler));
  }

  private static void addSockets(
      JavalinConfig config, RoutePlan.Sockets route, HandledCounts counts) {
    if (!route.handshakes().isEmpty()) {
      config.routes.wsBeforeUpgrade(
          route.path(), throttled(route.handshakes().toArray(Throttle[]::new)));
    }
    Consumer<WsConfig> handlers =
        ws -> {
          ws.onMessage(ctx -> ctx.send(counts.handle(route, clientAddress(ctx), ctx.message())));
          ws.onBinaryMessage(
              ctx -> ctx.send(counts.handle(route, clientAddress(ctx), HandledCounts.BINARY)));
        };
    WebSocketThrottling throttling = route.throttling();
    config.routes.ws(
        route.path(), throttling == null ? handlers : throttledWebSocket(throttling, handlers));
  }

  private static String clientAddress(WsContext ctx) {
    InetSocketAddress remote = (InetSocketAddress) ctx.session.getRemoteSocketAddress();
    return remote.getAddress().getHostAddress();
  }
}
