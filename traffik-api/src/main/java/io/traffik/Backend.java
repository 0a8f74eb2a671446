package io.traffik;

import io.traffik.spi.ForwardingBackend;
import io.traffik.spi.Margin;
import io.traffik.spi.QuotaPolicy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Keeps token buckets and decides hits on them.
 *
 * <p>To write one, implement {@link #namespace()}, {@link #decide}, {@link #reset()} and {@link
 * #close()}; everything else has a default that is derived from these. To wrap one, extend {@link
 * ForwardingBackend}.
 *
 * <p>A bucket is found by (namespace, uid of the policy, identity, scope) and the place of its rate
 * in the policy; different tuples never share a bucket, whatever characters they contain. (So rates
 * that are given in another order take over each other's buckets.) Time is the backend's own: only
 * durations cross this interface. A full bucket and an absent one are the same thing.
 *
 * <p>A backend is ready when it was built and safe for any number of threads. No argument is ever
 * null.
 */
public interface Backend extends AutoCloseable {

  /**
   * The operation that a backend carries out on the buckets of a key. Later versions may add
   * operations; a backend throws {@link UnsupportedOperationException} for one that it does not
   * implement.
   */
  enum Operation {
    /** Takes the cost from every bucket if every bucket has it; otherwise takes nothing. */
    HIT,
    /** Answers as {@link #HIT} would and takes nothing. */
    PEEK,
    /** Gives the cost back to every bucket, up to its capacity. */
    REFUND
  }

  /**
   * The name that parts this backend's buckets from others in the same store.
   *
   * @return the namespace, not blank
   */
  String namespace();

  /**
   * Carries out an operation on the buckets of one key, atomically over all rates of the policy.
   *
   * <p>A hit takes the cost from every bucket, or, if any has too little, from none; a denial
   * writes nothing. A peek answers as the hit would and writes nothing. A refund gives the cost
   * back to every bucket, up to its capacity, and answers with what each then holds.
   *
   * @param operation what to do
   * @param policy the throttle's name and rates; the same object for every hit of one throttle
   * @param identity who; may be empty, may contain any characters
   * @param scope where; may be empty, may contain any characters
   * @param cost tokens, from 0 to the policy's {@link QuotaPolicy#capacity() capacity} (a refund
   *     may be larger; it fills the bucket)
   * @return one {@link Margin} per rate, in the policy's order; the caller owns the array
   * @throws BackendException if the store failed; the hit may or may not have been charged
   * @throws IllegalStateException if this backend is closed
   */
  long[] decide(Operation operation, QuotaPolicy policy, String identity, String scope, long cost);

  /**
   * As {@link #decide} for a policy of one rate, returning its margin alone. Overridden by backends
   * whose decision is cheaper than an array.
   *
   * @param operation what to do
   * @param policy a policy of one rate
   * @param identity who
   * @param scope where
   * @param cost tokens
   * @return the margin of the rate
   * @throws IllegalArgumentException if the policy has several rates
   * @throws BackendException as {@link #decide}
   * @throws IllegalStateException as {@link #decide}
   */
  default long decideSingle(
      Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
    BackendCall.requireOneRate(policy);
    return BackendCall.checked(this, policy, decide(operation, policy, identity, scope, cost))[0];
  }

  /**
   * As {@link #decide}, writing the margins into an array that is there already. Overridden by
   * backends that need no array of their own.
   *
   * @param operation what to do
   * @param policy the throttle's name and rates
   * @param identity who
   * @param scope where
   * @param cost tokens
   * @param margins takes one {@link Margin} per rate at its beginning; at least as long as the
   *     policy has rates, and what lies behind them is left as it is
   * @throws BackendException as {@link #decide}
   * @throws IllegalStateException as {@link #decide}
   */
  default void decideInto(
      Operation operation,
      QuotaPolicy policy,
      String identity,
      String scope,
      long cost,
      long[] margins) {
    long[] answer =
        BackendCall.checked(this, policy, decide(operation, policy, identity, scope, cost));
    System.arraycopy(answer, 0, margins, 0, answer.length);
  }

  /**
   * As {@link #decide}, without blocking the caller. Unless overridden, {@link #decide} runs on one
   * of a few daemon threads that all such backends share; a backend that blocks on its store should
   * bring an executor of its own, and one that never blocks should complete at once.
   *
   * @param operation what to do
   * @param policy the throttle's name and rates
   * @param identity who
   * @param scope where
   * @param cost tokens
   * @return a stage with what {@link #decide} returns, or failed with what it throws
   */
  default CompletionStage<long[]> decideAsync(
      Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
    try {
      return CompletableFuture.supplyAsync(
          () -> decide(operation, policy, identity, scope, cost), SharedExecutor.EXECUTOR);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(
          new BackendException("backend \"" + namespace() + "\" has too many calls waiting", e));
    }
  }

  /**
   * Checks that the backend can work: connects, say. Optional, and the same when repeated.
   *
   * @throws ConfigurationException if it cannot, saying what is wrong
   * @throws IllegalStateException if this backend is closed
   */
  default void open() {}

  /**
   * Removes all buckets of this namespace, and of no other.
   *
   * @throws BackendException if the store failed; some buckets may be left
   * @throws IllegalStateException if this backend is closed
   */
  void reset();

  /**
   * As {@link #reset()}, without blocking the caller.
   *
   * @return a stage that completes when the buckets are gone, or fails with what {@link #reset()}
   *     throws
   */
  default CompletionStage<@Nullable Void> resetAsync() {
    try {
      return CompletableFuture.runAsync(this::reset, SharedExecutor.EXECUTOR);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(
          new BackendException("backend \"" + namespace() + "\" has too many calls waiting", e));
    }
  }

  /**
   * Closes what this backend opened, and nothing that was handed to it. Closing twice is the same
   * as once.
   */
  @Override
  void close();

  /**
   * Whether the buckets outlive the application's scope: if not, leaving {@link
   * BackendScope#application} resets them.
   *
   * @return false unless overridden
   */
  default boolean persistent() {
    return false;
  }

  /**
   * The identifier of throttles that bring none of their own.
   *
   * @return the identifier, or null (the default) for {@link Identifier#remoteAddress()}
   */
  default @Nullable Identifier identifier() {
    return null;
  }

  /**
   * The throttled handler of throttles that bring none of their own.
   *
   * @return the handler, or null (the default) for {@link ThrottledHandler#throwing()}
   */
  default @Nullable ThrottledHandler throttledHandler() {
    return null;
  }

  /**
   * Enters this backend on the current thread: until the scope is left, throttles without a backend
   * of their own use it. See {@link BackendScope}.
   *
   * @return the scope, to be closed on the same thread
   */
  default BackendScope enter() {
    return BackendScope.enter(this);
  }
}
