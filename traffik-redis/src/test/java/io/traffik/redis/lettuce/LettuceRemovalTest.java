package io.traffik.redis.lettuce;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.traffik.redis.async.Deadlines;
import io.traffik.redis.server.RedisServers;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The threads on which a reset calls Lettuce, which may wait there for connections to nodes. */
final class LettuceRemovalTest {

  private final List<String> calls = new CopyOnWriteArrayList<>();

  /** On its event loops, Lettuce 6.6 would wait for itself, and never return. */
  @Test
  void l2_resetCallsLettuceOnThreadsThatMayWait() throws Exception {
    RedisClient client = RedisClient.create(RedisServers.standalone().uri().toString());
    try {
      var commands = client.connect().async();
      commands.set("removal|key", "value").get();
      new LettuceRemoval(recording(commands), "removal|", TimeUnit.SECONDS.toNanos(10))
          .start()
          .get(20, TimeUnit.SECONDS);
      assertThat(Deadlines.await(commands.exists("removal|key").toCompletableFuture(), 1L << 40))
          .isZero();
    } finally {
      client.shutdown();
    }
    assertThat(calls).contains("unlink on traffik-redis-reset");
    assertThat(calls).allMatch(call -> call.endsWith(" on traffik-redis-reset"));
  }

  @SuppressWarnings("unchecked")
  private RedisClusterAsyncCommands<String, String> recording(
      RedisClusterAsyncCommands<String, String> commands) {
    return (RedisClusterAsyncCommands<String, String>)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {RedisClusterAsyncCommands.class},
            (proxy, method, arguments) -> {
              calls.add(method.getName() + " on " + Thread.currentThread().getName());
              try {
                return method.invoke(commands, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
