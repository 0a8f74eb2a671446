package io.traffik.examples;

import static io.traffik.examples.ExampleServer.CLIENT;
import static io.traffik.examples.ExampleServer.get;
import static io.traffik.examples.ExampleServer.withJavalin;
import static io.traffik.examples.ExampleServer.withServlets;
import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend;
import io.traffik.Scope;
import io.traffik.Throttle;
import io.traffik.javalin.JavalinView;
import io.traffik.javalin.Throttling;
import io.traffik.memory.InMemoryBackend;
import io.traffik.tck.FakeConnection;
import jakarta.servlet.DispatcherType;
import java.net.URI;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.junit.jupiter.api.Test;
import org.springframework.boot.web.servlet.ServletContextInitializer;

/** The documented examples that need an HTTP server. */
final class HttpExamplesTest {

  private final InMemoryBackend backend =
      InMemoryBackend.builder("examples").clock(() -> 0).build();
  private final Throttle once =
      Throttle.builder("once").rate("1/h").scope(Scope.ALL_ROUTES).backend(backend).build();

  private static void assertCustomResponse(HttpResponse<String> response) {
    assertThat(response.statusCode()).isEqualTo(429);
    assertThat(response.body()).isEqualTo("{\"error\":\"slow_down\"}");
    assertThat(response.headers().firstValue("Content-Type").orElse("")).contains("json");
    assertThat(response.headers().firstValue("Retry-After")).contains("3600");
    assertThat(response.headers().firstValue("RateLimit")).contains("\"once\";r=0;t=3600");
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
