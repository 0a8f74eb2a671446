package io.traffik.redis;

import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * How a backend gets at Lettuce's commands, and what it has to close of what it opened for that.
 *
 * @param connecting connects, anew with each call, which may take a while
 * @param clustered whether to a cluster
 * @param resends whether commands without an answer may be sent again by a client that is not ours
 * @param shutdown ends a client that was made for this backend, after its connection
 */
record LettuceSource(
    Supplier<CompletionStage<Opened>> connecting,
    boolean clustered,
    boolean resends,
    Runnable shutdown) {

  /**
   * A connection, and its commands, which are the same for a cluster and a server alone.
   *
   * @param ends whether it ends with the backend
   */
  record Opened(
      RedisClusterAsyncCommands<String, String> commands,
      StatefulConnection<?, ?> connection,
      boolean ends) {

    static Opened of(StatefulRedisConnection<String, String> connection, boolean ends) {
      return new Opened(connection.async(), connection, ends);
    }

    static Opened of(StatefulRedisClusterConnection<String, String> connection, boolean ends) {
      return new Opened(connection.async(), connection, ends);
    }

    CompletionStage<?> close() {
      return ends ? connection.closeAsync() : CompletableFuture.completedFuture(null);
    }
  }

  static LettuceSource borrowed(Opened opened, boolean clustered) {
    return new LettuceSource(
        () -> CompletableFuture.completedFuture(opened), clustered, true, () -> {});
  }
}
