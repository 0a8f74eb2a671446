package io.traffik.jmh.check;

import static io.traffik.javalin.Throttling.throttled;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Handler;
import io.traffik.Rate;
import io.traffik.Throttle;
import io.traffik.javalin.TraffikPlugin;
import io.traffik.memory.InMemoryBackend;
import io.traffik.servlet.ThrottleFilter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * An HTTP server on the loopback interface that responds {@code hello} at {@code /hello}.
 *
 * @param port the port it listens on
 * @param closing stops the server
 */
record HelloServer(int port, Runnable closing) implements AutoCloseable {

  /** The server library. */
  enum Kind {
    JAVALIN("Javalin"),
    SERVLET("Jetty");

    final String label;

    Kind(String label) {
      this.label = label;
    }
  }

  /** What happens to the requests. */
  enum Variant {
    /** No throttle and no plugin. */
    PLAIN,
    /** A throttle allows all. */
    ALLOWED,
    /** A throttle denies all but the first. */
    DENIED,
    /** No throttle, but the header fields of an allowed response: the lower bound. */
    ALLOWED_BY_HAND,
    /** No throttle, but the response to a denied request: the lower bound. */
    DENIED_BY_HAND;

    boolean isThrottled() {
      return this == ALLOWED || this == DENIED;
    }
  }

  static HelloServer start(Kind kind, Variant variant) throws Exception {
    return kind == Kind.JAVALIN ? javalin(variant) : servlet(variant);
  }

  /** Returns a throttle whose responses do not change their length during a run. */
  private static Throttle throttle(Variant variant) {
    Rate rate =
        variant == Variant.DENIED
            ? Rate.of(1, Duration.ofHours(2))
            : Rate.of(1_000_000_000, Duration.ofSeconds(1));
    return Throttle.builder("api").rate(rate).build();
  }

  private static Javalin start(Variant variant, Handler hello) {
    return Javalin.create(
            config -> {
              config.startup.showJavalinBanner = false;
              route(config, variant, hello);
            })
        .start("127.0.0.1", 0);
  }

  private static void route(JavalinConfig config, Variant variant, Handler hello) {
    if (variant.isThrottled()) {
      config.registerPlugin(new TraffikPlugin(InMemoryBackend.create("hello")));
      config.routes.get("/hello", throttled(throttle(variant), hello));
    } else {
      config.routes.get("/hello", hello);
    }
  }

  private static HelloServer javalin(Variant variant) {
    Javalin server =
        start(
            variant,
            ctx -> {
              HandWrittenResponse.setFields(ctx.res(), variant);
              if (variant == Variant.DENIED_BY_HAND) {
                ctx.result(HandWrittenResponse.PROBLEM);
              } else {
                ctx.result("hello");
              }
            });
    return new HelloServer(server.port(), server::stop);
  }

  private static HelloServer servlet(Variant variant) throws Exception {
    Server server = new Server();
    ServerConnector connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    ServletContextHandler context = new ServletContextHandler();
    context.addServlet(new HelloServlet(), "/hello");
    if (variant != Variant.PLAIN) {
      context.addFilter(
          new FilterHolder(filter(variant)), "/hello", EnumSet.of(DispatcherType.REQUEST));
    }
    server.setHandler(context);
    server.start();
    return new HelloServer(connector.getLocalPort(), () -> stop(server));
  }

  private static Filter filter(Variant variant) {
    return variant.isThrottled()
        ? ThrottleFilter.of(throttle(variant)).backend(InMemoryBackend.create("hello"))
        : new HandWrittenResponse(variant);
  }

  private static void stop(Server server) {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("The server did not stop.", e);
    }
  }

  private static final class HelloServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      response.setContentType("text/plain");
      response.setContentLength("hello".length());
      response.getOutputStream().print("hello");
    }
  }

  @Override
  public void close() {
    closing.run();
  }
}
