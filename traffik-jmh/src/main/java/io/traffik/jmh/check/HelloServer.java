package io.traffik.jmh.check;

import static io.traffik.javalin.Throttling.throttled;

import io.javalin.Javalin;
import io.javalin.http.Handler;
import io.traffik.Backend;
import io.traffik.Rate;
import io.traffik.Throttle;
import io.traffik.javalin.TraffikPlugin;
import io.traffik.memory.InMemoryBackend;
import io.traffik.servlet.ThrottleFilter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * An HTTP server on the loopback interface that answers {@code hello} at {@code /hello}.
 *
 * @param port the port it listens on
 * @param closing stops the server
 */
record HelloServer(int port, Runnable closing) implements AutoCloseable {

  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);

  /** The server library. */
  enum Kind {
    JAVALIN("Javalin"),
    SERVLET("Servlet (Jetty)");

    final String label;

    Kind(String label) {
      this.label = label;
    }
  }

  /** How requests are throttled. */
  enum Variant {
    /** No part of Traffik takes part. */
    PLAIN,
    /** Every request is decided and allowed. */
    ALLOWED,
    /** Every request is denied, but for the first one. */
    DENIED
  }

  static HelloServer start(Kind kind, Variant variant) throws Exception {
    return kind == Kind.JAVALIN ? javalin(variant) : servlet(variant);
  }

  /** Returns a throttle whose answers do not change their length during a run. */
  private static Throttle throttle(Variant variant) {
    Rate rate =
        variant == Variant.DENIED
            ? Rate.of(1, Duration.ofHours(2))
            : Rate.of(1_000_000_000, Duration.ofSeconds(1));
    return Throttle.builder("api").rate(rate).build();
  }

  private static HelloServer javalin(Variant variant) {
    Handler hello = ctx -> ctx.result("hello");
    Javalin server =
        Javalin.create(
                config -> {
                  config.startup.showJavalinBanner = false;
                  if (variant == Variant.PLAIN) {
                    config.routes.get("/hello", hello);
                  } else {
                    config.registerPlugin(new TraffikPlugin(InMemoryBackend.create("hello")));
                    config.routes.get("/hello", throttled(throttle(variant), hello));
                  }
                })
            .start("127.0.0.1", 0);
    return new HelloServer(server.port(), server::stop);
  }

  private static HelloServer servlet(Variant variant) throws Exception {
    Server server = new Server();
    ServerConnector connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    ServletContextHandler context = new ServletContextHandler();
    context.addServlet(new HelloServlet(), "/hello");
    Backend backend = InMemoryBackend.create("hello");
    if (variant != Variant.PLAIN) {
      ThrottleFilter.of(throttle(variant))
          .backend(backend)
          .register(context.getServletContext(), "/hello");
    }
    server.setHandler(context);
    server.start();
    return new HelloServer(connector.getLocalPort(), () -> stop(server));
  }

  private static void stop(Server server) {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class HelloServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      response.setContentType("text/plain");
      response.setContentLength(HELLO.length);
      response.getOutputStream().write(HELLO);
    }
  }

  @Override
  public void close() {
    closing.run();
  }
}
