package io.traffik.redis.lettuce;

import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * A source of Lettuce connections.
 *
 * @param connect opens a connection, may block
 * @param clustered whether connections lead to a Redis Cluster
 * @param mayResend whether the client may send unanswered commands again; true for a user's client
 * @param answeringThreads the threads that receive answers
 * @param shutdown shuts down a client that was made for this backend, after its connection closed
 */
public record LettuceSource(
    Supplier<CompletionStage<Session>> connect,
    boolean clustered,
    boolean mayResend,
    AnsweringThreads answeringThreads,
    Shutdown shutdown) {

  /** For clients and connections of the user. */
  static final Shutdown NO_SHUTDOWN = deadline -> {};

  /** Shuts down a client. */
  interface Shutdown {

    /**
     * Shuts the client down, and waits until its threads have ended.
     *
     * @param deadline the instant of {@link System#nanoTime} at which the wait ends
     */
    void accept(long deadline) throws InterruptedException;
  }

  /**
   * An open connection and its commands.
   *
   * @param commands the commands, of one type for a cluster and a single server
   * @param connection the connection
   * @param owned whether the backend closes the connection
   * @param monitor follows the connection
   */
  record Session(
      RedisClusterAsyncCommands<String, String> commands,
      StatefulConnection<?, ?> connection,
      boolean owned,
      ConnectionMonitor monitor) {

    static Session of(StatefulRedisConnection<String, String> connection, boolean owned) {
      return new Session(
          connection.async(), connection, owned, ConnectionMonitor.ofOnly(connection));
    }

    static Session of(StatefulRedisClusterConnection<String, String> connection, boolean owned) {
      return new Session(
          connection.async(), connection, owned, ConnectionMonitor.ofOnly(connection));
    }

    CompletionStage<?> close() {
      monitor.close();
      return owned ? connection.closeAsync() : CompletableFuture.completedFuture(null);
    }
  }

  /** The user's connection, which stays open. */
  public static LettuceSource of(StatefulRedisConnection<String, String> connection) {
    return borrowed(() -> Session.of(connection, false), false);
  }

  /** The user's connection to a cluster, which stays open. */
  public static LettuceSource of(StatefulRedisClusterConnection<String, String> connection) {
    return borrowed(() -> Session.of(connection, false), true);
  }

  private static LettuceSource borrowed(Supplier<Session> session, boolean clustered) {
    return new LettuceSource(
        () -> CompletableFuture.completedFuture(session.get()),
        clustered,
        true,
        new AnsweringThreads(),
        NO_SHUTDOWN);
  }
}
