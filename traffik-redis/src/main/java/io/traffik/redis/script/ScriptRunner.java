package io.traffik.redis.script;

import io.traffik.redis.async.AdmissionControl.Mode;
import io.traffik.redis.async.Deadlines.DeadlineExceededException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A Redis client, reduced to what the backend needs. Implement this interface to support another
 * client.
 *
 * <p>A runner connects on first use, and reconnects when necessary. While the first attempt after
 * the start or after a loss is in progress, calls wait for it. Once it has failed, calls fail at
 * once with a {@link io.traffik.redis.async.NotConnectedException}, and the runner tries again in
 * the background. What was sent is never sent again. Safe for any number of threads.
 */
public interface ScriptRunner {

  /**
   * Starts to connect before the first call. In a new JVM, loading the classes of a client can take
   * longer than a call may wait.
   *
   * @param timeoutNanos the longest wait for the server
   */
  void connect(long timeoutNanos);

  /**
   * Runs the script and waits for its answer. Interrupts do not end the wait.
   *
   * @param timeoutNanos the longest wait, connecting included
   * @return the script's answer: a {@link Long} or a {@link String}
   * @throws Exception the client's failure, a {@link java.util.concurrent.TimeoutException}, or the
   *     rejection of {@link io.traffik.redis.async.AdmissionControl}
   */
  Object run(ScriptCall call, long timeoutNanos) throws Exception;

  /**
   * Runs the script without blocking. The caller enforces the deadline.
   *
   * @param timeoutNanos the time until the caller abandons the call
   * @param abandoned whether the caller has abandoned the call; checked before sending
   * @return the script's answer, or a failure as of {@link #run}; only the runner completes it, see
   *     {@link #abandon}
   */
  CompletableFuture<Object> start(ScriptCall call, long timeoutNanos, BooleanSupplier abandoned);

  /**
   * Runs the script several times without blocking, on keys that may be on different servers. If
   * one call is rejected, none is sent. A client that does not pipeline by itself should send the
   * calls to each server together.
   *
   * @param mode whether the caller waits for the answers
   * @param timeoutNanos the time until the caller abandons the calls
   * @param abandoned whether the caller has abandoned all calls; checked before sending
   * @return the script's answer to each call, in order
   */
  List<CompletableFuture<Object>> startAll(
      List<ScriptCall> calls, Mode mode, long timeoutNanos, BooleanSupplier abandoned);

  /**
   * Signals that the caller has abandoned a call that may be sent already. By default, nothing
   * happens.
   *
   * @param started a result of {@link #start} or {@link #startAll}
   */
  default void abandon(CompletableFuture<Object> started) {}

  /**
   * Finds out why a call has no answer at its deadline. The caller still accepts an answer until
   * the returned future is complete.
   *
   * @param started a result of {@link #start} or {@link #startAll}
   * @param timeoutNanos the time that the call had
   * @return a {@link java.util.concurrent.TimeoutException} if the server has not answered, or the
   *     rejection of {@link io.traffik.redis.async.AdmissionControl} if this process was too busy.
   *     It completes at the latest after the same time again
   */
  default CompletableFuture<Exception> expire(
      CompletableFuture<Object> started, long timeoutNanos) {
    return CompletableFuture.completedFuture(new DeadlineExceededException());
  }

  /**
   * Whether the current thread receives answers for this runner. A blocking call on such a thread
   * would wait for itself. By default, no thread does.
   */
  default boolean answersOnCurrentThread() {
    return false;
  }

  /**
   * The server's {@code INFO}. If there is no connection, attempts to connect at once.
   *
   * @param timeoutNanos the longest wait, connecting included
   * @throws Exception the client's failure, or a {@link java.util.concurrent.TimeoutException}
   */
  String info(long timeoutNanos) throws Exception;

  /** Whether the client is a client of a Redis Cluster. */
  boolean isClustered();

  /**
   * Removes all keys with a prefix from every master, page by page.
   *
   * @param prefix contains no character that is special in a glob
   * @param timeoutNanos the timeout of each page
   */
  CompletableFuture<@Nullable Void> removeAll(String prefix, long timeoutNanos);

  /** Closes what this runner has opened. Calls in flight fail. */
  void close();
}
