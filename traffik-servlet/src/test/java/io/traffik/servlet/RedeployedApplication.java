package io.traffik.servlet;

import io.traffik.Backend;
import io.traffik.Throttle;
import io.traffik.memory.InMemoryBackend;
import io.traffik.redis.RedisBackend;
import io.traffik.resilience.DeadlineBackend;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;

/** The listener of a web application that throttles, and closes its backend at its end. */
public final class RedeployedApplication implements ServletContextListener {

  private Backend backend;

  @Override
  public void contextInitialized(ServletContextEvent event) {
    ServletContext context = event.getServletContext();
    backend = backend(context.getInitParameter("client"), context.getInitParameter("uri"));
    Throttle limit = Throttle.builder("limit").rate("2/min").backend(backend).build();
    Throttle bounded =
        Throttle.builder("bounded")
            .rate("100/min")
            .backend(DeadlineBackend.over(backend, Duration.ofSeconds(5)))
            .build();
    ThrottleFilter.of(limit).backend(backend).register(context, "/*");
    context.addServlet("servlet", new HitServlet(limit, bounded)).addMapping("/");
  }

  private static Backend backend(String client, String uri) {
    return switch (client) {
      case "lettuce" -> RedisBackend.lettuce(uri, "redeployed");
      case "jedis" -> RedisBackend.jedis(uri, "redeployed");
      default -> InMemoryBackend.create("redeployed");
    };
  }

  @Override
  public void contextDestroyed(ServletContextEvent event) {
    backend.reset();
    backend.close();
  }

  /** Hits both throttles, blocking and asynchronously. */
  private static final class HitServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;

    private final transient Throttle limit;
    private final transient Throttle bounded;

    HitServlet(Throttle limit, Throttle bounded) {
      this.limit = limit;
      this.bounded = bounded;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      ServletView view = ServletView.of(request);
      boolean allowed =
          limit.peekAsync(view).toCompletableFuture().join().allowed()
              && bounded.hit(view).allowed()
              && bounded.hitAsync(view).toCompletableFuture().join().allowed();
      response.getWriter().print(allowed);
    }
  }
}
