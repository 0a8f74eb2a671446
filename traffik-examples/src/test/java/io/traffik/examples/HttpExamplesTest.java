package io.traffik.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.traffik.Backend;
import io.traffik.Scope;
import io.traffik.Throttle;
import io.traffik.javalin.JavalinView;
import io.traffik.javalin.Throttling;
import io.traffik.javalin.TraffikPlugin;
import io.traffik.memory.InMemoryBackend;
import io.traffik.tck.FakeConnection;
import jakarta.servlet.DispatcherType;
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
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Consumer;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;
import org.springframework.boot.web.servlet.ServletContextInitializer;

/** The documented examples that need an HTTP server. */
final class HttpExamplesTest {

  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private final InMemoryBackend backend =
      InMemoryBackend.builder("examples").clock(() -> 0).build();
  private final Throttle once =
      Throttle.builder("once").rate("1/h").scope(Scope.ALL_ROUTES).backend(backend).build();

  @FunctionalInterface
  private interface Exchanges {
    void run(int port) throws Exception;
  }

  private static HttpResponse<String> get(int port, String path) throws Exception {
    return send(HttpRequest.newBuilder(uri(port, path)).build());
  }

  private static HttpResponse<String> logIn(int port, String account, String password)
      throws Exception {
    return send(
        HttpRequest.newBuilder(uri(port, "/login"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString("account=" + account + "&password=" + password))
            .build());
  }

  private static HttpResponse<String> send(HttpRequest request) throws Exception {
    return CLIENT.send(request, BodyHandlers.ofString());
  }

  private static URI uri(int port, String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  private static void withJavalin(Consumer<JavalinConfig> configuration, Exchanges exchanges)
      throws Exception {
    Javalin server = Javalin.create(configuration).start("127.0.0.1", 0);
    try {
      exchanges.run(server.port());
    } finally {
      server.stop();
    }
  }

  private static void withLogIns(Backend backend, Exchanges exchanges) throws Exception {
    withJavalin(
        config -> {
          config.registerPlugin(new TraffikPlugin(backend));
          LogInExamples.configure(config, (account, password) -> "right".equals(password));
        },
        exchanges);
  }

  private static void withServlets(
      Consumer<ServletContextHandler> configuration, Exchanges exchanges) throws Exception {
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

  private static void assertCustomResponse(HttpResponse<String> response) {
    assertThat(response.statusCode()).isEqualTo(429);
    assertThat(response.body()).isEqualTo("{\"error\":\"slow_down\"}");
    assertThat(response.headers().firstValue("Content-Type").orElse("")).contains("json");
    assertThat(response.headers().firstValue("Retry-After")).contains("3600");
    assertThat(response.headers().firstValue("RateLimit")).contains("\"once\";r=0;t=3600");
  }

  @Test
  void logIns_countFailuresOfAnAccount() throws Exception {
    withLogIns(
        backend,
        port -> {
          for (int i = 0; i < 6; i++) {
            assertThat(logIn(port, "alice", "right").statusCode()).isEqualTo(200);
          }
          for (int i = 0; i < 5; i++) {
            assertThat(logIn(port, "Alice", "wrong").statusCode()).isEqualTo(401);
          }
          assertThat(logIn(port, "alice", "right").statusCode()).isEqualTo(429);
          assertThat(logIn(port, "bob", "right").statusCode()).isEqualTo(200);
          assertThat(logIn(port, "", "right").statusCode()).isEqualTo(429);
        });
  }

  @Test
  void logIns_successesAreNotCountedForTheAddress() throws Exception {
    withLogIns(
        backend,
        port -> {
          for (int i = 0; i < 50; i++) {
            assertThat(logIn(port, "user" + i % 10, "right").statusCode()).isEqualTo(200);
          }
        });
  }

  @Test
  void logIns_anAttackerOverManyAccountsIsStoppedByTheAddress() throws Exception {
    withLogIns(
        backend,
        port -> {
          for (int i = 0; i < 20; i++) {
            assertThat(logIn(port, "user" + i, "wrong").statusCode()).isEqualTo(401);
          }
          HttpResponse<String> denied = logIn(port, "user20", "right");
          assertThat(denied.statusCode()).isEqualTo(429);
          assertThat(denied.body()).contains("\"violated-policies\":[\"login-address\"]");
        });
  }

  @Test
  void logIns_attemptsAtALockedAccountCountForTheAddress() throws Exception {
    withLogIns(
        backend,
        port -> {
          for (int i = 0; i < 20; i++) {
            assertThat(logIn(port, "alice", "wrong").statusCode()).isEqualTo(i < 5 ? 401 : 429);
          }
          HttpResponse<String> denied = logIn(port, "bob", "right");
          assertThat(denied.statusCode()).isEqualTo(429);
          assertThat(denied.body()).contains("\"violated-policies\":[\"login-address\"]");
        });
  }

  /** The mapper of the plugin refunds as well, so a user's mapper must not lose that. */
  @Test
  void javalin_mapperRefundsEarlierThrottles() throws Exception {
    Throttle wide = Throttle.builder("wide").rate("9/h").scope(Scope.ALL_ROUTES).build();
    withJavalin(
        config -> {
          CustomResponseExamples.javalin(config, backend, wide);
          config.routes.get("/api/a", ctx -> once.enforce(JavalinView.of(ctx)));
        },
        port -> {
          assertThat(get(port, "/api/a").statusCode()).isEqualTo(200);
          for (int i = 0; i < 3; i++) {
            HttpResponse<String> denied = get(port, "/api/a");
            assertThat(denied.statusCode()).isEqualTo(429);
            assertThat(denied.body()).isEqualTo("{\"error\":\"slow_down\"}");
            assertThat(denied.headers().firstValue("Retry-After")).contains("3600");
            assertThat(denied.headers().firstValue("RateLimit"))
                .contains("\"wide\";r=8;t=400, \"once\";r=0;t=3600");
          }
        });
  }

  @Test
  void javalin_mapperSendsItsOwnBody() throws Exception {
    withJavalin(
        config -> {
          CustomResponseExamples.javalin(config, backend, once);
          config.routes.get("/api/a", ctx -> ctx.result("ok"));
        },
        port -> {
          HttpResponse<String> allowed = get(port, "/api/a");
          assertThat(allowed.body()).isEqualTo("ok");
          assertThat(allowed.headers().firstValue("X-RateLimit-Limit")).contains("1");
          assertCustomResponse(get(port, "/api/a"));
        });
  }

  @Test
  void javalin_mapperRespondsToHandshakes() throws Exception {
    once.hit(FakeConnection.get("/").remoteAddress("127.0.0.1"));
    withJavalin(
        config -> {
          CustomResponseExamples.javalin(config, backend, once);
          config.routes.wsBeforeUpgrade("/chat", Throttling.throttled(once));
          config.routes.ws("/chat", ws -> {});
        },
        port ->
            assertThat(
                    CLIENT
                        .newWebSocketBuilder()
                        .buildAsync(
                            URI.create("ws://127.0.0.1:" + port + "/chat"),
                            new WebSocket.Listener() {}))
                .failsWithin(Duration.ofSeconds(20))
                .withThrowableThat()
                .havingCause()
                .isInstanceOfSatisfying(
                    WebSocketHandshakeException.class,
                    refused -> {
                      assertThat(refused.getResponse().statusCode()).isEqualTo(429);
                      assertThat(refused.getResponse().headers().firstValue("Retry-After"))
                          .contains("3600");
                    }));
  }

  @Test
  void servletFilter_sendsItsOwnBody() throws Exception {
    withServlets(
        context ->
            context.addFilter(
                new FilterHolder(new CustomResponseExamples.CustomResponseFilter(once)),
                "/*",
                EnumSet.of(DispatcherType.REQUEST)),
        port -> {
          assertThat(get(port, "/a").body()).isEqualTo("ok");
          assertCustomResponse(get(port, "/a"));
        });
  }

  @Test
  void servletListener_registersTheFilter() throws Exception {
    withServlets(
        context -> context.addEventListener(new ServletExamples.Throttling()),
        port -> {
          assertThat(get(port, "/api/a").headers().firstValue("RateLimit-Policy"))
              .contains("\"api\";q=100;w=60");
          assertThat(get(port, "/other").headers().firstValue("RateLimit-Policy")).isEmpty();
        });
  }

  @Test
  void servlet_chargesForRowsOnTheSharedBackend() throws Exception {
    withServlets(
        context -> {
          context.addEventListener(new ServletExamples.SharedBackend());
          context.addServlet(new ServletHolder(new ServletExamples.ExportServlet()), "/export");
        },
        port -> {
          assertThat(get(port, "/export?rows=900").body()).isEqualTo("900 rows");
          assertThat(get(port, "/export?rows=200").statusCode()).isNotEqualTo(200);
          assertThat(get(port, "/export?rows=100").body()).isEqualTo("100 rows");
        });
  }

  @Test
  void springBeans_registerTheFilters() throws Exception {
    SpringExamples.ThrottlingConfiguration configuration =
        new SpringExamples.ThrottlingConfiguration();
    Backend shared = configuration.backend();
    List<ServletContextInitializer> beans =
        List.of(
            configuration.throttleFilter(shared),
            new SpringExamples.ExportConfiguration().exportThrottling(shared));
    withServlets(
        context ->
            context.addServletContainerInitializer(
                (classes, servletContext) -> {
                  for (ServletContextInitializer bean : beans) {
                    bean.onStartup(servletContext);
                  }
                }),
        port -> {
          assertThat(get(port, "/api/a").headers().firstValue("RateLimit"))
              .hasValueSatisfying(state -> assertThat(state).startsWith("\"api\";r=99;"));
          for (int i = 0; i < 10; i++) {
            assertThat(get(port, "/export/a").statusCode()).isEqualTo(200);
          }
          assertThat(get(port, "/export/a").statusCode()).isEqualTo(429);
          assertThat(get(port, "/actuator/health").headers().firstValue("RateLimit")).isEmpty();
        });
    shared.close();
  }
}
