package io.traffik.javalin;

import static io.traffik.javalin.Throttling.throttled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.traffik.Identifier;
import io.traffik.Identity;
import io.traffik.Throttle;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Concurrent requests of one client and of others. */
final class JavalinLoadTest {

  private static final int CLIENTS = 8;
  private static final int REQUESTS_EACH = 250;

  private final AtomicInteger handled = new AtomicInteger();

  private JavalinTestServer server(boolean virtualThreads, boolean asynchronous) {
    Identifier key =
        view -> {
          String value = view.header("X-Api-Key");
          return value == null ? null : Identity.of("key:" + value);
        };
    Throttle api =
        Throttle.builder("api")
            .rate("100/h")
            .identifier(key.or(Identifier.remoteAddress()))
            .build();
    return new JavalinTestServer(
        config -> {
          config.concurrency.useVirtualThreads = virtualThreads;
          config.registerPlugin(new TraffikPlugin(TestBackends.inMemory()));
          config.routes.before("/api/*", throttled(api));
          config.routes.get("/api/b", ctx -> ctx.result("b"));
          config.routes.get(
              "/api/a/{id}",
              ctx -> {
                if (asynchronous) {
                  ctx.future(
                      () ->
                          CompletableFuture.supplyAsync(handled::incrementAndGet)
                              .thenAccept(count -> ctx.result("" + count)));
                } else {
                  ctx.result("" + handled.incrementAndGet());
                }
              });
        });
  }

  /** Counts the allowed responses and checks that all others are correct denials. */
  private static int flood(JavalinTestServer server, int from) throws Exception {
    int allowed = 0;
    for (int i = 0; i < REQUESTS_EACH; i++) {
      HttpResponse<String> response = server.get("/api/a/" + (from + i));
      if (response.statusCode() == 200) {
        allowed++;
        continue;
      }
      assertThat(response.statusCode()).isEqualTo(429);
      assertThat(response.headers().firstValue("Retry-After")).hasValue("36");
      assertThat(QuotaParser.quotas(response, "RateLimit"))
          .containsExactly(entry("api", Map.of("r", 0L, "t", 3_600L)));
      assertThat(QuotaParser.problem(response).get("violated-policies").get(0).asText())
          .isEqualTo("api");
    }
    return allowed;
  }

  @ParameterizedTest(name = "virtual threads {0}, asynchronous {1}")
  @CsvSource({"false, false", "true, true"})
  void b3_h4_exactlyOneHundredOfTwoThousandRequestsAreAllowed(
      boolean virtualThreads, boolean asynchronous) throws Exception {
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    try (JavalinTestServer server = server(virtualThreads, asynchronous)) {
      List<Future<Integer>> running = new ArrayList<>();
      for (int client = 0; client < CLIENTS; client++) {
        int from = client * REQUESTS_EACH;
        running.add(clients.submit(() -> flood(server, from)));
      }
      int allowed = 0;
      for (Future<Integer> client : running) {
        allowed += client.get();
      }
      assertThat(allowed).isEqualTo(100);
      assertThat(handled).hasValue(100);

      HttpResponse<String> otherRoute = server.get("/api/b");
      assertThat(QuotaParser.remaining(otherRoute, "api")).isEqualTo(99);
      HttpResponse<String> otherKey = server.get("/api/a/1", "X-Api-Key", "k1");
      assertThat(QuotaParser.remaining(otherKey, "api")).isEqualTo(99);
      assertThat(server.status(2, "GET /api/a/1")).as("from another address").isEqualTo(200);
      assertThat(server.status(1, "GET /api/a/1")).isEqualTo(429);
    } finally {
      clients.shutdown();
    }
  }
}
