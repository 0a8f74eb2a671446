package io.traffik.redis;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.BackendClosedException;
import io.traffik.BackendUsageException;
import io.traffik.redis.async.Deadlines;
import io.traffik.redis.script.ErrorTranslator;
import io.traffik.redis.script.PreparedPolicies;
import io.traffik.redis.script.ScriptInvoker;
import io.traffik.redis.script.ScriptRunner;
import io.traffik.spi.BackendCall;
import io.traffik.spi.KeyEncoder;
import io.traffik.spi.QuotaPolicy;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Token buckets in Redis 6.2 or later, or Valkey, for servers that share their clients. Supports a
 * single server, Sentinel and Cluster, over Lettuce or Jedis.
 *
 * <pre>{@code
 * Backend backend = RedisBackend.lettuce("redis://localhost:6379", "myapp");
 * }</pre>
 *
 * <p>A decision is one round trip and one atomic script, for one rate or several. Decisions are
 * exact under any concurrency. The clock is the Redis server's, so the hosts' clocks do not matter.
 * Every key expires when its buckets are full.
 *
 * <p>Every call has a deadline of 250 ms by default, including connecting and waiting for a
 * connection. A late or failed call throws a {@link io.traffik.BackendException}, and the
 * throttle's failure policy decides. No call is sent again after a lost connection. While the first
 * attempt to connect after the start or after a loss is in progress, calls wait for it. Once it has
 * failed, calls fail at once until a later attempt succeeds. An interrupt does not end a call.
 *
 * <p>A client can have at most 2,048 blocking and 2,048 asynchronous calls in flight, and fewer
 * while others have many. Further calls throw an {@link io.traffik.OverloadException} and take
 * nothing. If the server has stopped answering, they throw a {@link io.traffik.BackendException}.
 *
 * <p>A key contains namespace, uid, identity and scope in readable form, see {@link KeyEncoder}.
 *
 * <p>Stages of asynchronous decisions complete on a thread of the client, or on a timeout thread at
 * the deadline. Dependent actions must not block these threads. On a thread of Lettuce that
 * receives answers, a blocking call of this backend throws an {@link IllegalStateException} at
 * once, because it would wait for itself. Continue with asynchronous calls, or on an executor of
 * your own ({@code thenApplyAsync}). Safe for any number of threads.
 */
public final class RedisBackend implements Backend {

  private final String namespace;
  private final boolean persistent;
  private final long deadlineNanos;
  private final String keyPrefix;
  private final ScriptRunner runner;
  private final RedisDecisions decisions;
  private final ErrorTranslator errors;
  private final AtomicBoolean closed = new AtomicBoolean();

  RedisBackend(RedisBackendBuilder<?> settings, ScriptRunner runner) {
    this.namespace = settings.namespace;
    this.persistent = settings.persistent;
    this.deadlineNanos = settings.deadline.toNanos();
    KeyEncoder keys = settings.keys;
    this.keyPrefix = keys.prefix();
    this.runner = runner;
    this.errors = new ErrorTranslator(namespace, keyPrefix, settings.deadline, settings.redaction);
    this.decisions =
        new RedisDecisions(
            new PreparedPolicies(keys, settings.clock),
            runner,
            new ScriptInvoker(runner, errors, deadlineNanos));
    runner.connect(settings.connectTimeout().toNanos());
  }

  /**
   * Creates a backend over Lettuce with default settings.
   *
   * @param uri {@code redis://}, {@code rediss://} or {@code redis-sentinel://}, see {@link
   *     LettuceBackendBuilder#uri}
   * @param namespace the beginning of all keys, not blank; at most 184 characters as encoded
   * @return the backend, which connects by itself
   * @throws io.traffik.ConfigurationException if the URI is invalid, or the namespace is blank or
   *     too long
   */
  public static RedisBackend lettuce(String uri, String namespace) {
    return lettuce(namespace).uri(uri).build();
  }

  /**
   * Starts a builder of a backend over Lettuce.
   *
   * @param namespace the beginning of all keys, not blank; at most 184 characters as encoded
   * @return the builder
   * @throws io.traffik.ConfigurationException if the namespace is blank or too long, or Lettuce is
   *     missing
   */
  public static LettuceBackendBuilder lettuce(String namespace) {
    RedisClientLibrary.LETTUCE.require(namespace);
    return new LettuceBackendBuilder(namespace);
  }

  /**
   * Creates a backend over Jedis with default settings.
   *
   * @param uri {@code redis://}, {@code rediss://} or {@code redis-sentinel://}, see {@link
   *     JedisBackendBuilder#uri}
   * @param namespace the beginning of all keys, not blank; at most 184 characters as encoded
   * @return the backend, which connects by itself
   * @throws io.traffik.ConfigurationException if the URI is invalid, or the namespace is blank or
   *     too long
   */
  public static RedisBackend jedis(String uri, String namespace) {
    return jedis(namespace).uri(uri).build();
  }

  /**
   * Starts a builder of a backend over Jedis.
   *
   * @param namespace the beginning of all keys, not blank; at most 184 characters as encoded
   * @return the builder
   * @throws io.traffik.ConfigurationException if the namespace is blank or too long, or Jedis is
   *     missing
   */
  public static JedisBackendBuilder jedis(String namespace) {
    RedisClientLibrary.JEDIS.require(namespace);
    return new JedisBackendBuilder(namespace);
  }

  @Override
  public String namespace() {
    return namespace;
  }

  @Override
  public long[] decide(BackendCall call) {
    requireOpenAndMayBlock();
    return decisions.decide(call);
  }

  @Override
  public long decideSingle(
      Operation operation,
      QuotaPolicy policy,
      String identity,
      String scope,
      long cost,
      long argument) {
    policy.requireSingleRate();
    requireOpenAndMayBlock();
    return decisions.decideSingle(operation, policy, identity, scope, cost, argument);
  }

  @Override
  public void decideInto(
      Operation operation,
      QuotaPolicy policy,
      String identity,
      String scope,
      long cost,
      long argument,
      long[] margins) {
    requireOpenAndMayBlock();
    decisions.decideInto(operation, policy, identity, scope, cost, argument, margins);
  }

  @Override
  public CompletionStage<long[]> decideAsync(BackendCall call) {
    return ifOpen(() -> decisions.decideAsync(call));
  }

  /**
   * As {@link #decide}, for calls on one key or on several. On a single server, one run of the
   * script decides all calls at the same time. In a cluster, there is one run for each key, and the
   * runs on a server are sent together.
   */
  @Override
  public List<long[]> decideAll(List<BackendCall> calls) {
    requireOpenAndMayBlock();
    return decisions.decideAll(calls);
  }

  @Override
  public CompletionStage<List<long[]>> decideAllAsync(List<BackendCall> calls) {
    return ifOpen(() -> decisions.decideAllAsync(calls));
  }

  /**
   * As {@link Backend#decideTogether}. On a single server, and for hits on one key, one atomic
   * script decides all hits. In a cluster, a script cannot use several keys, so hits on several
   * keys are decided as by default: a peek, and then one hit after the other.
   */
  @Override
  public List<long[]> decideTogether(List<BackendCall> hits) {
    requireOpenAndMayBlock();
    return decisions.isOneScriptCall(hits)
        ? decisions.decideTogether(hits)
        : Backend.super.decideTogether(hits);
  }

  /** As {@link #decideTogether}, without blocking the caller. */
  @Override
  public CompletionStage<List<long[]>> decideTogetherAsync(List<BackendCall> hits) {
    return ifOpen(
        () ->
            decisions.isOneScriptCall(hits)
                ? decisions.decideTogetherAsync(hits)
                : Backend.super.decideTogetherAsync(hits));
  }

  private <T> CompletionStage<T> ifOpen(Supplier<CompletionStage<T>> operation) {
    try {
      requireOpen();
      return operation.get();
    } catch (Throwable t) {
      return CompletableFuture.failedFuture(t);
    }
  }

  @Override
  public boolean supportsDebt() {
    return true;
  }

  /** True: every call has a deadline. */
  @Override
  public boolean boundsAsyncCalls() {
    return true;
  }

  /**
   * Connects and checks the server: credentials, version 6.2 or later, and runs of the script that
   * write a key and remove it. If the server refuses {@code INFO}, there are more such runs. Each
   * command takes at most five seconds, or the deadline if it is longer. After a failure, this
   * backend continues to connect by itself.
   *
   * @throws io.traffik.ConfigurationException if waiting would not help: a wrong password, missing
   *     permissions, a server that is too old, a replica, or not Redis
   * @throws io.traffik.BackendException if the server is out of reach or out of order, for example
   *     if it is loading its data or is full; both messages state the problem and a remedy
   * @throws IllegalStateException if this backend is closed
   */
  @Override
  public void open() {
    requireOpenAndMayBlock();
    new ServerCheck(namespace, keyPrefix, runner, errors, deadlineNanos).check();
  }

  @Override
  public void reset() {
    requireOpenAndMayBlock();
    long start = System.nanoTime();
    try {
      Deadlines.await(removeAll(), Long.MAX_VALUE);
    } catch (BackendUsageException e) {
      throw e;
    } catch (Exception e) {
      throw errors.translateOperation("reset", e, System.nanoTime() - start);
    }
  }

  @Override
  public CompletionStage<@Nullable Void> resetAsync() {
    long start = System.nanoTime();
    return ifOpen(
        () ->
            removeAll()
                .exceptionally(
                    thrown -> {
                      throw errors.translateOperation("reset", thrown, System.nanoTime() - start);
                    }));
  }

  private CompletableFuture<@Nullable Void> removeAll() {
    requireOpen();
    return runner.removeAll(keyPrefix, deadlineNanos);
  }

  /**
   * Closes what this backend has opened. Calls in flight fail.
   *
   * <p>Over a Lettuce client of its own, waits until the threads of this client have ended, at most
   * four seconds. A server may then unload the application. Usually this takes some milliseconds,
   * and a second if Netty is not on the class path of the JVM but, for example, in a web
   * application. A call on a thread that receives answers does not wait. An interrupt ends the
   * wait, but not the closing.
   *
   * <p>Shared idle threads of this library end by themselves within a second. They keep no context
   * class loader of an application.
   */
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

  /** Throws a mistake of the application, which no failure policy decides. */
  private void requireOpenAndMayBlock() {
    requireOpen();
    if (runner.answersOnCurrentThread()) {
      throw new BackendUsageException(
          "Blocking call of backend \""
              + namespace
              + "\" on thread \""
              + Thread.currentThread().getName()
              + "\", which receives the answers of Redis and would wait for itself. Call an"
              + " asynchronous method, such as hitAsync, or continue on another thread with"
              + " thenApplyAsync(…, executor).");
    }
  }

  private void requireOpen() {
    if (closed.get()) {
      throw new BackendClosedException(namespace);
    }
  }

  @Override
  public String toString() {
    return "RedisBackend[" + namespace + "]";
  }
}
