package io.traffik.examples;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.function.Consumer;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** Servers on a free port of the loopback interface, and requests to them. */
final class ExampleServer {

  static final HttpClient CLIENT = HttpClient.newHttpClient();

  private ExampleServer() {}

  @FunctionalInterface
  interface Exchanges {
    void run(int port) throws Exception;
  }

  static void withJavalin(Consumer<JavalinConfig> configuration, Exchanges exchanges)
      throws Exception {
    Javalin server = Javalin.create(configuration).start("127.0.0.1", 0);
    try {
      exchanges.run(server.port());
    } finally {
      server.stop();
    }
  }

  /** All paths answer "ok", unless the configuration maps another servlet. */
  static void withServlets(Consumer<ServletContextHandler> configuration, Exchanges exchanges)
      throws Exception {
    Server server = new Server(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    ServletContextHandler context = new ServletContextHandler();
    context.addServlet(OkServlet.class, "/*");
    configuration.accept(context);
    server.setHandler(context);
    server.start();
    try {
      exchanges.run(((ServerConnector) server.getConnectors()[0]).getLocalPort());
    } finally {
      server.stop();
    }
  }

  public static final class OkServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      response.getWriter().print("ok");
    }
  }

  static HttpResponse<String> get(int port, String path) throws Exception {
    return send(HttpRequest.newBuilder(uri(port, path)).build());
  }

  static HttpResponse<String> postForm(int port, String path, String form) throws Exception {
    return send(
        HttpRequest.newBuilder(uri(port, path))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(form))
            .build());
  }

  private static HttpResponse<String> send(HttpRequest request) throws Exception {
    return CLIENT.send(request, BodyHandlers.ofString());
  }

  static URI uri(int port, String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }
}
