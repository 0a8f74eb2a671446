package io.traffik.attack.server;

import io.traffik.Backend;
import io.traffik.Throttle;
import io.traffik.servlet.ThrottleFilter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** The HTTP routes of a plan on Jetty, behind the servlet filter. */
final class ServletApplication {

  /** Counts requests. */
  private static final class CountedServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private final transient RoutePlan.Requests route;
    private final transient HandledCounts counts;

    CountedServlet(RoutePlan.Requests route, HandledCounts counts) {
      this.route = route;
      this.counts = counts;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      counts.handle(route.path(), request.getRemoteAddr(), route.handling());
      response.getOutputStream().print("ok");
    }
  }

  private ServletApplication() {}

  static StartedApplication start(RoutePlan plan, Backend backend, HandledCounts counts)
      throws Exception {
    Server server = new Server();
    ServerConnector connector = new ServerConnector(server);
    connector.setHost(StartedApplication.HOST);
    server.addConnector(connector);
    ServletContextHandler context = new ServletContextHandler("/");
    context.addServletContainerInitializer(
        (classes, application) -> {
          for (RoutePlan.Requests route : plan.requests()) {
            if (!route.throttles().isEmpty()) {
              ThrottleFilter.of(route.throttles().toArray(Throttle[]::new))
                  .backend(backend)
                  .register(application, route.path());
            }
          }
        });
    for (RoutePlan.Requests route : plan.requests()) {
      context.addServlet(new ServletHolder(new CountedServlet(route, counts)), route.path());
    }
    server.setHandler(context);
    server.start();
    return new StartedApplication(connector.getLocalPort(), () -> stop(server, backend));
  }

  private static void stop(Server server, Backend backend) {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("The server could not stop", e);
    } finally {
      backend.close();
    }
  }
}
