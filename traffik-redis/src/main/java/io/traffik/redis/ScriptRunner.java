package io.traffik.redis;

import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A client of Redis, reduced to what a backend asks of it. It connects when it is first needed, and
 * again whenever it has to; a failed attempt leaves it as it was. Safe for any number of threads.
 */
interface ScriptRunner {

  /**
   * Runs the script and waits for its answer.
   *
   * @param nanos how long at most, connecting included
   * @return the script's answer: a {@link Long}, or a string
   * @throws Exception what the client failed with, or a {@link
   *     java.util.concurrent.TimeoutException}
   */
  Object run(ScriptCall call, long nanos) throws Exception;

  /**
   * Runs the script without blocking the caller, who ends the wait at the deadline.
   *
   * @param nanos how long the answer is waited for
   * @param unwanted asked before the script is sent: whether nobody waits for the answer any more
   * @return the script's answer; for the runner to end, see {@link #giveUp}
   */
  CompletableFuture<Object> start(ScriptCall call, long nanos, BooleanSupplier unwanted);

  /**
   * Says that nobody waits any more for what was started, where that helps beside {@code unwanted}.
   */
  default void giveUp(CompletableFuture<Object> started) {}

  /**
   * What the server says of itself ({@code INFO}), connecting to it if need be.
   *
   * @param nanos how long to wait at most
   * @throws Exception as {@link #run}
   */
  String info(long nanos) throws Exception;

  /** Whether the server is one of a cluster that this client knows. */
  boolean isClustered();

  /**
   * Removes all keys that begin so, on every master, in batches.
   *
   * @param prefix holds no character that means something in a pattern
   * @param nanos how long each command may take
   */
  CompletableFuture<@Nullable Void> removeAll(String prefix, long nanos);

  /** Closes what this opened. Calls under way fail. */
  void close();
}
