package io.traffik.redis;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Identifier;
import io.traffik.ThrottledHandler;
import io.traffik.spi.KeyEncoder;
import io.traffik.spi.QuotaPolicy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Token buckets in Redis 6.2 or later, or Valkey, which any number of servers share: alone, under
 * Sentinel or in a cluster, by Lettuce or by Jedis, whichever is on the class path.
 *
 * <pre>{@code
 * Backend backend = RedisBackend.lettuce("redis://localhost:6379", "myapp");
 * }</pre>
 *
 * <p>A decision is one round trip and one atomic script, for one rate or several, and is exact: no
 * client gets a token more, whatever the concurrency. Time is the Redis server's, so the clocks of
 * the hosts that ask do not matter. Every key expires when its buckets are full.
 *
 * <p>Every call has a deadline, connecting and waiting for a connection included: 250 ms unless
 * told. Beyond it, and where Redis fails, a call ends with a {@link io.traffik.BackendException},
 * and the throttle's policy decides. Nothing is sent again after a connection was lost.
 *
 * <p>Keys begin with the namespace and show uid, identity and scope, unless they are long: then
 * their SHA-256.
 *
 * <p>Stages of asynchronous decisions complete on a thread of the client's, or, at their deadline,
 * on one of a few that end late calls: none of these must be blocked. Safe for any number of
 * threads.
 */
public final class RedisBackend implements Backend {

  private final String namespace;
  private final boolean persistent;
  private final @Nullable Identifier identifier;
  private final @Nullable ThrottledHandler throttledHandler;
  private final long deadlineNanos;
  private final String keyPrefix;
  private final PreparedPolicies policies;
  private final ScriptRunner runner;
  private final ScriptCalls calls;
  private final ErrorTranslator failures;
  private final AtomicBoolean closed = new AtomicBoolean();

  RedisBackend(RedisBackendBuilder<?> choices, ScriptRunner runner) {
    this.namespace = choices.namespace;
    this.persistent = choices.persistent;
    this.identifier = choices.identifier;
    this.throttledHandler = choices.throttledHandler;
    this.deadlineNanos = choices.deadline.toNanos();
    KeyEncoder keys = choices.keys;
    this.keyPrefix = keys.prefix();
    LongSupplier clock = choices.clock;
    this.policies = new PreparedPolicies(keys, clock);
    this.runner = runner;
    this.failures = new ErrorTranslator(namespace, choices.deadline);
    this.calls = new ScriptCalls(runner, failures, deadlineNanos);
  }

  /**
   * A backend over Lettuce with every choice at its default.
   *
   * @param uri {@code redis://}, {@code rediss://} or {@code redis-sentinel://}, see {@link
   *     LettuceBackendBuilder#uri}
   * @param namespace the name of its buckets, not blank, at most 128 characters
   * @return the backend; it connects when it is opened or first asked
   * @throws io.traffik.ConfigurationException if the URI does not read so, or the namespace is
   *     blank or too long
   */
  public static RedisBackend lettuce(String uri, String namespace) {
    return lettuce(namespace).uri(uri).build();
  }

  /**
   * Starts a backend over Lettuce with choices.
   *
   * @param namespace the name of its buckets, not blank, at most 128 characters
   * @return a builder
   * @throws io.traffik.ConfigurationException if the namespace is blank or too long
   */
  public static LettuceBackendBuilder lettuce(String namespace) {
    return new LettuceBackendBuilder(namespace);
  }

  /**
   * A backend over Jedis with every choice at its default.
   *
   * @param uri {@code redis://}, {@code rediss://} or {@code redis-sentinel://}, see {@link
   *     JedisBackendBuilder#uri}
   * @param namespace the name of its buckets, not blank, at most 128 characters
   * @return the backend; it connects when it is opened or first asked
   * @throws io.traffik.ConfigurationException if the URI does not read so, or the namespace is
   *     blank or too long
   */
  public static RedisBackend jedis(String uri, String namespace) {
    return jedis(namespace).uri(uri).build();
  }

  /**
   * Starts a backend over Jedis with choices.
   *
   * @param namespace the name of its buckets, not blank, at most 128 characters
   * @return a builder
   * @throws io.traffik.ConfigurationException if the namespace is blank or too long
   */
  public static JedisBackendBuilder jedis(String namespace) {
    return new JedisBackendBuilder(namespace);
  }

  @Override
  public String namespace() {
    return namespace;
  }

  @Override
  public long[] decide(
      Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
    PreparedPolicy prepared = prepare(policy, cost);
    return prepared.margins(ask(prepared, operation, identity, scope, cost), operation, cost);
  }

  @Override
  public long decideSingle(
      Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
    if (policy.size() != 1) {
      throw new IllegalArgumentException(
          "policy must have one rate to be decided by one margin: " + policy);
    }
    PreparedPolicy prepared = prepare(policy, cost);
    return prepared.margin(ask(prepared, operation, identity, scope, cost), operation, cost);
  }

  @Override
  public void decideInto(
      Operation operation,
      QuotaPolicy policy,
      String identity,
      String scope,
      long cost,
      long[] margins) {
    PreparedPolicy prepared = prepare(policy, cost);
    prepared.margins(ask(prepared, operation, identity, scope, cost), operation, cost, margins);
  }

  private PreparedPolicy prepare(QuotaPolicy policy, long cost) {
    requireOpen();
    if (cost < 0) {
      throw new IllegalArgumentException("cost must be at least 0: " + cost);
    }
    return policies.of(policy);
  }

  private Object ask(
      PreparedPolicy prepared, Operation operation, String identity, String scope, long cost) {
    return calls.ask(prepared.key(identity, scope), prepared.arguments(operation, cost));
  }

  @Override
  public CompletionStage<long[]> decideAsync(
      Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
    try {
      PreparedPolicy prepared = prepare(policy, cost);
      return calls.askAsync(
          prepared.key(identity, scope),
          prepared.arguments(operation, cost),
          answer -> prepared.margins(answer, operation, cost));
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /**
   * Connects and looks whether decisions can be made: that the server is there, lets us in, is a
   * Redis of version 6.2 or later, may be written to, and runs the script. Takes at most the
   * deadline or five seconds, whichever is more, and again as much for the script.
   *
   * @throws io.traffik.ConfigurationException if not, saying what is wrong
   * @throws IllegalStateException if this backend is closed
   */
  @Override
  public void open() {
    requireOpen();
    new ServerCheck(namespace, keyPrefix, runner, deadlineNanos).check();
  }

  @Override
  public void reset() {
    try {
      Deadlines.await(removeAll(), Long.MAX_VALUE);
    } catch (IllegalStateException e) {
      throw e;
    } catch (Exception e) {
      throw failures.failureTo("reset", e);
    }
  }

  @Override
  public CompletionStage<@Nullable Void> resetAsync() {
    CompletableFuture<@Nullable Void> result = new CompletableFuture<>();
    try {
      Stages.onEnd(
          removeAll(),
          (nothing, thrown) -> {
            if (thrown == null) {
              result.complete(null);
            } else {
              result.completeExceptionally(failures.failureTo("reset", thrown));
            }
          });
    } catch (RuntimeException e) {
      result.completeExceptionally(e);
    }
    return result;
  }

  private CompletableFuture<@Nullable Void> removeAll() {
    requireOpen();
    return runner.removeAll(keyPrefix, deadlineNanos);
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      runner.close();
    }
  }

  @Override
  public boolean persistent() {
    return persistent;
  }

  @Override
  public @Nullable Identifier identifier() {
    return identifier;
  }

  @Override
  public @Nullable ThrottledHandler throttledHandler() {
    return throttledHandler;
  }

  private void requireOpen() {
    if (closed.get()) {
      throw new IllegalStateException(
          "backend must not be used after close: \"" + namespace + "\"");
    }
  }

  @Override
  public String toString() {
    return "RedisBackend[" + namespace + "]";
  }
}
