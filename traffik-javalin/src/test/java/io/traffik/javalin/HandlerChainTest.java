package io.traffik.javalin;

import static io.traffik.javalin.Throttling.throttled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HttpResponseException;
import io.traffik.Backend;
import io.traffik.ConnectionThrottledException;
import io.traffik.Throttle;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The handlers that run and the charges of a request, with and without the plugin. */
final class HandlerChainTest {

  private final Backend backend = TestBackends.inMemory();
  private final Throttle api = throttle("api", "1/h");
  private final List<String> ran = new CopyOnWriteArrayList<>();

  private Throttle throttle(String uid, String rate) {
    return Throttle.builder(uid).rate(rate).backend(backend).build();
  }

  private JavalinTestServer server(boolean plugin, Consumer<JavalinConfig> routes) {
    return new JavalinTestServer(
        config -> {
          if (plugin) {
            config.registerPlugin(new TraffikPlugin(backend));
          }
          routes.accept(config);
          config.routes.afterMatched(note("afterMatched"));
          config.routes.after(note("after"));
        });
  }

  private Handler note(String name) {
    return ctx -> ran.add(name);
  }

  private void serve(Context ctx) {
    ran.add("handler");
    ctx.result("x");
  }

  private void assertDeniedOnce(HttpResponse<String> denied) throws Exception {
    assertThat(denied.statusCode()).isEqualTo(429);
    assertThat(denied.headers().firstValue("Retry-After")).hasValue("3600");
    assertThat(QuotaParser.remaining(denied, "api")).isZero();
    assertThat(QuotaParser.problem(denied).get("status").asInt()).isEqualTo(429);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void h4_aDenialInABeforeHandlerSkipsTheHandlerButNotTheAfterHandlers(boolean plugin)
      throws Exception {
    try (JavalinTestServer server =
        server(
            plugin,
            config -> {
              config.routes.before(throttled(api));
              config.routes.before(note("before"));
              config.routes.get("/", this::serve);
              config.routes.error(429, note("error"));
            })) {
      assertThat(server.get("/").body()).isEqualTo("x");
      assertThat(ran).containsExactly("before", "handler", "afterMatched", "after");
      ran.clear();
      assertDeniedOnce(server.get("/"));
      assertThat(ran).containsExactly("afterMatched", "error", "after");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void h4_aDenialInAWrapperSkipsTheHandlerButNotTheAfterHandlers(boolean plugin) throws Exception {
    try (JavalinTestServer server =
        server(plugin, config -> config.routes.get("/", throttled(api, this::serve)))) {
      assertThat(server.get("/").body()).isEqualTo("x");
      ran.clear();
      assertDeniedOnce(server.get("/"));
      assertThat(ran).containsExactly("afterMatched", "after");
    }
  }

  /** Throwing costs more than the decision, so handlers that Javalin calls do not throw. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void h4_aDenialIsNotThrownToJavalin(boolean plugin) throws Exception {
    try (JavalinTestServer server =
        server(
            plugin,
            config -> {
              config.router.handlerWrapper(
                  endpoint ->
                      ctx -> {
                        try {
                          endpoint.handler.handle(ctx);
                        } catch (ConnectionThrottledException | HttpResponseException e) {
                          ran.add("thrown");
                          throw e;
                        }
                      });
              config.routes.get("/", throttled(api, this::serve));
              config.routes.before("/before", throttled(api));
              config.routes.get("/before", this::serve);
            })) {
      for (String path : List.of("/", "/before")) {
        assertThat(server.get(path).body()).isEqualTo("x");
        ran.clear();
        assertDeniedOnce(server.get(path));
        assertThat(ran).containsExactly("afterMatched", "after");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void h4_h6_handlersAfterADenialMayChangeIt(boolean plugin) throws Exception {
    try (JavalinTestServer server =
        server(
            plugin,
            config -> {
              config.routes.get("/", throttled(api, this::serve));
              config.routes.after(ctx -> ctx.header("X-After", "set"));
              config.routes.get("/error", throttled(api, this::serve));
              config.routes.error(429, ctx -> replaceOn("/error", ctx));
            })) {
      server.get("/");
      server.get("/error");
      HttpResponse<String> denied = server.get("/");
      assertDeniedOnce(denied);
      assertThat(denied.headers().firstValue("X-After")).hasValue("set");
      assertThat(denied.headers().firstValue("Content-Length"))
          .hasValue("" + denied.body().length());
      HttpResponse<String> replaced = server.get("/error");
      assertThat(replaced.statusCode()).isEqualTo(429);
      assertThat(replaced.body()).isEqualTo("replaced");
    }
  }

  private static void replaceOn(String path, Context ctx) {
    if (ctx.path().equals(path)) {
      ctx.result("replaced");
    }
  }

  @Test
  void h4_aRequestLoggerIsCalledForADenial() throws Exception {
    try (JavalinTestServer server =
        server(
            true,
            config -> {
              config.requestLogger.http((ctx, millis) -> ran.add("logged " + ctx.statusCode()));
              config.routes.get("/", throttled(api, this::serve));
            })) {
      server.get("/");
      ran.clear();
      assertDeniedOnce(server.get("/"));
      await()
          .untilAsserted(
              () -> assertThat(ran).containsExactly("afterMatched", "after", "logged 429"));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void h4_aDenialInsideAHandlerEndsIt(boolean plugin) throws Exception {
    Handler throttle = throttled(api);
    try (JavalinTestServer server =
        server(
            plugin,
            config ->
                config.routes.get(
                    "/",
                    ctx -> {
                      throttle.handle(ctx);
                      serve(ctx);
                    }))) {
      assertThat(server.get("/").body()).isEqualTo("x");
      ran.clear();
      assertDeniedOnce(server.get("/"));
      assertThat(ran).containsExactly("afterMatched", "after");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void h4_anAsynchronousHandlerDoesNotStartAfterADenial(boolean plugin) throws Exception {
    Handler asynchronous =
        ctx -> {
          ran.add("handler");
          ctx.future(
              () ->
                  CompletableFuture.runAsync(() -> ran.add("future"))
                      .thenRun(() -> ctx.result("x")));
        };
    try (JavalinTestServer server =
        server(
            plugin,
            config -> {
              config.routes.before(throttled(api));
              config.routes.get("/", throttled(api, asynchronous));
            })) {
      HttpResponse<String> allowed = server.get("/");
      assertThat(allowed.body()).isEqualTo("x");
      assertThat(QuotaParser.remaining(allowed, "api")).isZero();
      assertThat(ran).containsExactly("handler", "future", "afterMatched", "after");
      ran.clear();
      assertDeniedOnce(server.get("/"));
      assertThat(ran).containsExactly("afterMatched", "after");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void h4_aDenialInsideAFutureEndsIt(boolean plugin) throws Exception {
    Handler throttle = throttled(api);
    Handler asynchronous =
        ctx ->
            ctx.future(
                () ->
                    CompletableFuture.runAsync(() -> {})
                        .thenRun(
                            () -> {
                              try {
                                throttle.handle(ctx);
                              } catch (RuntimeException e) {
                                throw e;
                              } catch (Exception e) {
                                throw new AssertionError(e);
                              }
                            })
                        .thenRun(() -> serve(ctx)));
    try (JavalinTestServer server =
        server(plugin, config -> config.routes.get("/", asynchronous))) {
      assertThat(server.get("/").body()).isEqualTo("x");
      ran.clear();
      assertDeniedOnce(server.get("/"));
      assertThat(ran).containsExactly("afterMatched", "after");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void h4_aRequestIsChargedOncePerThrottle(boolean plugin) throws Exception {
    Throttle wide = throttle("wide", "100/h");
    try (JavalinTestServer server =
        server(
            plugin,
            config -> {
              config.routes.before(throttled(wide));
              config.routes.before("/*", throttled(wide, note("before")));
              config.routes.get("/", throttled(wide, this::serve));
              config.routes.get(
                  "/forward",
                  throttled(
                      wide,
                      ctx -> ctx.req().getRequestDispatcher("/").forward(ctx.req(), ctx.res())));
              config.routes.get(
                  "/fails",
                  throttled(
                      wide,
                      ctx -> {
                        throw new IllegalStateException("broken");
                      }));
              config.routes.exception(
                  IllegalStateException.class,
                  (thrown, ctx) -> ctx.status(503).result(thrown.getMessage()));
              config.routes.error(503, throttled(wide));
              config.routes.after(throttled(wide));
            })) {
      assertThat(QuotaParser.remaining(server.get("/"), "wide")).isEqualTo(99);
      // The forwarding route has its own bucket; the forward to another route is not charged again.
      HttpResponse<String> forwarded = server.get("/forward");
      assertThat(forwarded.body()).isEqualTo("x");
      long forwardedRemaining = QuotaParser.remaining(forwarded, "wide");
      assertThat(QuotaParser.remaining(server.get("/forward"), "wide"))
          .isEqualTo(forwardedRemaining - 1);
      HttpResponse<String> failed = server.get("/fails");
      assertThat(failed.statusCode()).isEqualTo(503);
      assertThat(QuotaParser.remaining(server.get("/fails"), "wide"))
          .isEqualTo(QuotaParser.remaining(failed, "wide") - 1);
    }
  }
}
