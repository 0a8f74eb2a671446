package io.traffik.javalin;

import static io.traffik.javalin.Throttling.settled;
import static io.traffik.javalin.Throttling.throttled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.javalin.http.Context;
import io.javalin.http.UnauthorizedResponse;
import io.traffik.Identity;
import io.traffik.Throttle;
import io.traffik.ThrottleRegistry;
import io.traffik.memory.InMemoryBackend;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a request really cost is settled once its response is known (rule B14). */
final class JavalinSettlementTest {

  private final InMemoryBackend backend = InMemoryBackend.builder("login").clock(() -> 0).build();
  private final ThrottleRegistry throttles = ThrottleRegistry.of(backend);
  private final Throttle login = throttles.throttle("login").rate("3/h").build();
  private final Queue<Integer> statuses = new ConcurrentLinkedQueue<>();

  private JavalinTestServer start() {
    return new JavalinTestServer(
        config -> {
          config.registerPlugin(new TraffikPlugin(throttles));
          config.routes.get("/login", throttled(login, JavalinSettlementTest::logIn));
          config.routes.after("/login", settled(login, this::failed));
        });
  }

  private long failed(Context ctx) {
    statuses.add(ctx.statusCode());
    return ctx.statusCode() == 401 ? 1 : ctx.statusCode() == 500 ? 2 : 0;
  }

  private static void logIn(Context ctx) {
    switch (String.valueOf(ctx.queryString())) {
      case "wrong" -> throw new UnauthorizedResponse();
      case "broken" -> throw new IllegalStateException("broken");
      case "later" -> ctx.future(() -> CompletableFuture.runAsync(() -> ctx.result("welcome")));
      case "failed" -> ctx.future(() -> CompletableFuture.failedFuture(new UnauthorizedResponse()));
      case "hanging" ->
          ctx.async(
              config -> config.timeout = 1,
              () ->
                  new CompletableFuture<Void>().completeOnTimeout(null, 1, TimeUnit.HOURS).join());
      default -> ctx.result("welcome");
    }
  }

  private void assertRemaining(long tokens) {
    await()
        .until(
            () ->
                login
                        .client(Identity.of("127.0.0.1"))
                        .in("GET /login")
                        .peek()
                        .get("GET /login")
                        .remaining()
                    == tokens);
  }

  @Test
  void b14_onlyFailedLogInsAreCounted() throws Exception {
    try (JavalinTestServer server = start()) {
      for (String query : new String[] {"", "", "", "", "?later", "?later"}) {
        assertThat(server.get("/login" + query).statusCode()).isEqualTo(200);
        assertRemaining(3);
      }
      assertThat(server.get("/login?wrong").statusCode()).isEqualTo(401);
      assertRemaining(2);
      assertThat(server.get("/login?failed").statusCode()).isEqualTo(401);
      assertRemaining(1);
      assertThat(server.get("/login?broken").statusCode()).isEqualTo(500);
      assertRemaining(0);
      statuses.clear();
      assertThat(server.get("/login").statusCode()).isEqualTo(429);
      assertThat(statuses).as("a denied request has no cost").isEmpty();
    }
  }

  @Test
  void b14_timeoutsAreSettledAsErrors() throws Exception {
    try (JavalinTestServer server = start()) {
      assertThat(server.get("/login?hanging").statusCode()).isEqualTo(500);
      assertRemaining(1);
      assertThat(statuses).containsExactly(500);
    }
  }
}
