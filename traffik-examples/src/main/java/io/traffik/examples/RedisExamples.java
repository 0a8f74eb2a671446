package io.traffik.examples;

import static io.traffik.javalin.Throttling.throttled;

import io.javalin.Javalin;
import io.lettuce.core.RedisClient;
import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.ConnectionView;
import io.traffik.Decision;
import io.traffik.FailurePolicy;
import io.traffik.Throttle;
import io.traffik.javalin.TraffikPlugin;
import io.traffik.redis.RedisBackend;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import redis.clients.jedis.UnifiedJedis;

/** The examples of docs/redis.md. */
final class RedisExamples {

  private RedisExamples() {}

  static Javalin quickstart(Throttle api) {
    return Javalin.create(
        config -> {
          config.registerPlugin(
              new TraffikPlugin(RedisBackend.lettuce("redis://localhost:6379", "myapp")));
          config.routes.before("/api/*", throttled(api));
          config.routes.get("/api/users/{id}", ctx -> ctx.result("hello"));
        });
  }

  static Throttle lettuce() {
    Backend backend = RedisBackend.lettuce("redis://localhost:6379", "myapp");
    backend.open();
    Throttle api = Throttle.builder("api").rate("100/min").backend(backend).build();
    return api;
  }

  static Backend jedis() {
    Backend backend = RedisBackend.jedis("redis://localhost:6379", "myapp");
    return backend;
  }

  static Backend sentinel() {
    Backend backend =
        RedisBackend.lettuce("redis-sentinel://sentinel1,sentinel2,sentinel3/0#mymaster", "myapp");
    return backend;
  }

  static Backend cluster() {
    Backend backend =
        RedisBackend.lettuce("myapp").cluster("redis://node1:6379", "redis://node2:6379").build();
    return backend;
  }

  static Backend choices() {
    Backend backend =
        RedisBackend.lettuce("myapp")
            .uri("rediss://user:password@redis.example.com:6380")
            .deadline(Duration.ofMillis(100))
            .persistent(false)
            .build();
    return backend;
  }

  static Backend ownLettuce(RedisClient client) {
    Backend backend = RedisBackend.lettuce("myapp").client(client).build();
    return backend;
  }

  static Backend ownJedis(UnifiedJedis client, Executor executor) {
    Backend backend = RedisBackend.jedis("myapp").client(client).executor(executor).build();
    return backend;
  }

  static Throttle failing(Backend backend) {
    Throttle login =
        Throttle.builder("login")
            .rate("5/min")
            .backend(backend)
            .onBackendFailure(FailurePolicy.DENY)
            .build();
    return login;
  }

  record Message(long size) {
    void process(boolean passes) {}
  }

  static void batch(
      Backend backend, QuotaPolicy policy, String client, String scope, List<Message> messages) {
    List<BackendCall> calls =
        messages.stream()
            .map(message -> new BackendCall(Operation.HIT, policy, client, scope, message.size()))
            .toList();
    List<long[]> margins = backend.decideAll(calls);
    for (int i = 0; i < calls.size(); i++) {
      boolean passes = calls.get(i).isGranted(margins.get(i));
      messages.get(i).process(passes);
    }
  }

  static List<long[]> together(Backend backend, BackendCall everybodysHit, BackendCall clientsHit) {
    List<long[]> margins = backend.decideTogether(List.of(everybodysHit, clientsHit));
    return margins;
  }

  static CompletionStage<Decision> stages(
      Throttle throttle, Throttle second, ConnectionView view, Executor executor) {
    return throttle
        .hitAsync(view)
        .thenCompose(decision -> second.hitAsync(view))
        .thenApplyAsync(decision -> second.hit(view), executor);
  }
}
