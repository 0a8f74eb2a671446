package io.traffik.javalin;

import static io.traffik.javalin.Throttling.throttled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.javalin.config.JavalinConfig;
import io.javalin.http.Handler;
import io.javalin.util.JavalinBindException;
import io.traffik.Backend;
import io.traffik.BackendException;
import io.traffik.ConfigurationException;
import io.traffik.ConnectionThrottledException;
import io.traffik.ConnectionView;
import io.traffik.Throttle;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;

/** The plugin: the lifecycle of the backend, its lookup and the responses to denials. */
final class TraffikPluginTest {

  private final Throttle api = Throttle.builder("api").rate("1/h").build();

  private static JavalinTestServer server(Backend backend, Consumer<JavalinConfig> routes) {
    return new JavalinTestServer(
        config -> {
          config.registerPlugin(new TraffikPlugin(backend));
          routes.accept(config);
        });
  }

  private JavalinTestServer server(Backend backend) {
    return server(
        backend, config -> config.routes.get("/", throttled(api, ctx -> ctx.result("x"))));
  }

  @Test
  void l4_theBackendIsOpenedAtStartResetAndClosedAtStop() {
    TestBackends.Recording backend = new TestBackends.Recording(false);
    try (JavalinTestServer server = server(backend)) {
      assertThat(server.port()).isPositive();
      assertThat(backend.calls).containsExactly("open");
    }
    assertThat(backend.calls).containsExactly("open", "reset", "close");
  }

  @Test
  void l4_aPersistentBackendIsClosedWithoutReset() {
    TestBackends.Recording backend = new TestBackends.Recording(true);
    server(backend).close();
    assertThat(backend.calls).containsExactly("open", "close");
  }

  @Test
  void l4_aFailingResetPreventsNeitherTheCloseNorTheStop() {
    TestBackends.Recording backend = new TestBackends.Recording(false, "reset", "close");
    server(backend).close();
    assertThat(backend.calls).containsExactly("open", "reset", "close");
  }

  @Test
  void l4_theServerCanStopOnAnotherThread() throws Exception {
    TestBackends.Recording backend = new TestBackends.Recording(false);
    JavalinTestServer server = server(backend);
    Thread stopping = new Thread(server::close);
    stopping.start();
    stopping.join();
    assertThat(backend.calls).containsExactly("open", "reset", "close");
  }

  @Test
  void l1_aBackendThatCannotOpenFailsTheStart() {
    TestBackends.Recording backend = new TestBackends.Recording(false, "open");
    assertThatThrownBy(() -> server(backend))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("no server at redis://nowhere");
    assertThat(backend.calls).containsExactly("open");
  }

  @Test
  void l1_aServerStartsWithoutItsStoreUnlessItIsRequired() throws Exception {
    TestBackends.StoppedStore store = new TestBackends.StoppedStore();
    assertThatThrownBy(
            () ->
                new JavalinTestServer(
                    config ->
                        config.registerPlugin(new TraffikPlugin(store).requireBackendAtStart())))
        .isInstanceOf(BackendException.class)
        .hasMessage("connection refused");
    try (JavalinTestServer server = server(store)) {
      assertThat(server.get("/").headers().map()).doesNotContainKey("ratelimit");
      store.stopped = false;
      assertThat(server.get("/").headers().map()).containsKey("ratelimit");
    }
    assertThat(store.calls).containsExactly("open", "open", "reset", "close");
  }

  @Test
  void l4_aFailedStartClosesTheBackend() {
    TestBackends.Recording backend = new TestBackends.Recording(true);
    try (JavalinTestServer running = server(TestBackends.inMemory())) {
      int occupiedPort = running.port();
      assertThatThrownBy(
              () ->
                  server(
                      backend,
                      config ->
                          config.jetty.addConnector(
                              (jetty, http) -> {
                                var connector = new ServerConnector(jetty);
                                connector.setHost("127.0.0.1");
                                connector.setPort(occupiedPort);
                                return connector;
                              })))
          .isInstanceOf(JavalinBindException.class);
    }
    assertThat(backend.calls).containsExactly("open", "close");
  }

  @Test
  void l4_theLastServerClosesASharedBackend() {
    TestBackends.Recording backend = new TestBackends.Recording(false);
    JavalinTestServer first = server(backend);
    server(backend).close();
    assertThat(backend.calls).doesNotContain("reset", "close");
    first.close();
    assertThat(backend.calls).endsWith("reset", "close");
  }

  @Test
  void l4_theStartLeavesNoBackendOnItsThread() {
    ConnectionView view = new LocalView();
    try (JavalinTestServer server = server(TestBackends.inMemory())) {
      assertThat(server.port()).isPositive();
      assertThatThrownBy(() -> api.hit(view)).hasMessageContaining("No throttle backend");
    }
  }

  @Test
  void l5_l6_oneThrottleUsesTheBackendOfEachServer() throws Exception {
    TraffikPlugin plugin = new TraffikPlugin(TestBackends.inMemory());
    try (JavalinTestServer one = server(TestBackends.inMemory());
        JavalinTestServer other = server(TestBackends.inMemory());
        JavalinTestServer third =
            new JavalinTestServer(
                config -> {
                  config.registerPlugin(plugin);
                  config.routes.before(throttled(api));
                  config.routes.get("/third", ctx -> ctx.result("x"));
                });
        JavalinTestServer fourth =
            new JavalinTestServer(
                config -> {
                  config.registerPlugin(plugin);
                  config.routes.before(throttled(api));
                  config.routes.get("/fourth", ctx -> ctx.result("x"));
                })) {
      for (int status : new int[] {200, 429}) {
        assertThat(one.get("/").statusCode()).isEqualTo(status);
        assertThat(other.get("/").statusCode()).isEqualTo(status);
        assertThat(third.status(1, "HEAD /third")).isEqualTo(status);
        assertThat(fourth.status(1, "HEAD /fourth")).isEqualTo(status);
      }
    }
  }

  @Test
  void l6_theViewProvidesTheBackendOnOtherThreads() throws Exception {
    Handler asynchronous =
        ctx -> {
          JavalinView view = JavalinView.of(ctx);
          ctx.future(
              () ->
                  CompletableFuture.supplyAsync(() -> api.hit(view).remaining())
                      .thenAccept(left -> ctx.result(left + " left")));
        };
    try (JavalinTestServer server =
        server(TestBackends.inMemory(), config -> config.routes.get("/", asynchronous))) {
      assertThat(server.get("/").body()).isEqualTo("0 left");
    }
  }

  @Test
  void l5_theErrorWithoutABackendNamesTheRemedy() throws Exception {
    try (JavalinTestServer server =
        new JavalinTestServer(
            config -> {
              config.routes.get("/", throttled(api, ctx -> ctx.result("x")));
              config.routes.exception(
                  ConfigurationException.class,
                  (thrown, ctx) -> ctx.status(500).result(thrown.getMessage()));
            })) {
      assertThat(server.get("/").body())
          .contains("No throttle backend configured")
          .contains("config.registerPlugin(new TraffikPlugin(…)) sets the backend");
    }
  }

  @Test
  void anExceptionMapperReplacesTheAnswerIfItIsRegisteredAfterThePlugin() throws Exception {
    Consumer<JavalinConfig> mapper =
        config -> {
          config.routes.exception(
              ConnectionThrottledException.class,
              (thrown, ctx) -> ctx.status(420).result(thrown.getMessage()));
          config.routes.before(throttled(api));
          config.routes.get("/", ctx -> ctx.result("x"));
        };
    try (JavalinTestServer server = server(TestBackends.inMemory(), mapper)) {
      server.get("/");
      assertThat(server.get("/").statusCode()).isEqualTo(420);
      assertThat(server.get("/").body()).startsWith("Too Many Requests. Retry after 3600");
    }
    try (JavalinTestServer server =
        new JavalinTestServer(
            config -> {
              mapper.accept(config);
              config.registerPlugin(new TraffikPlugin(TestBackends.inMemory()));
            })) {
      server.get("/");
      assertThat(server.get("/").statusCode()).isEqualTo(429);
    }
  }

  /** A view without a backend. */
  private static final class LocalView implements ConnectionView {

    @Override
    public String method() {
      return "GET";
    }

    @Override
    public String path() {
      return "/";
    }

    @Override
    public String remoteAddress() {
      return "192.0.2.1";
    }

    @Override
    public Iterable<String> headers(String name) {
      return List.of();
    }
  }

  @Test
  void nullArgumentsAreRejected() {
    assertThatThrownBy(() -> new TraffikPlugin((Backend) null))
        .hasMessage("backend must not be null");
    assertThatThrownBy(() -> new TraffikPlugin(TestBackends.inMemory(), null))
        .hasMessage("rateLimitHeaders must not be null");
  }
}
