package io.traffik;

import io.traffik.spi.BackendCall;
import io.traffik.spi.ForwardingBackend;
import io.traffik.spi.Margin;
import io.traffik.spi.QuotaPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A store of token buckets that decides hits on them.
 *
 * <p>An implementation needs {@link #namespace()}, {@link #decide}, {@link #reset()} and {@link
 * #close()}. All other methods have defaults. To wrap another backend, extend {@link
 * ForwardingBackend}.
 *
 * <p>The key of a bucket is (namespace, uid of the policy, identity, scope, position of the rate).
 * Different keys never share a bucket, whatever characters they contain. If rates change their
 * order, they take over each other's buckets. A full bucket and an absent one are equivalent.
 *
 * <p>A backend reads its own clock: this interface passes durations, never instants. It is ready
 * for use once built, and safe for any number of threads. No argument is ever null.
 */
public interface Backend extends AutoCloseable {

  /**
   * An operation on the buckets of a key. Later versions may add operations. Throttles pass a new
   * operation only to backends that declare support for it, as by {@link #supportsDebt()}.
   */
  enum Operation {
    /**
     * Takes the cost from every bucket if every bucket has it, now or within the patience;
     * otherwise takes nothing.
     */
    HIT,
    /** Returns the margins of a {@link #HIT} and takes nothing. */
    PEEK,
    /**
     * Returns the cost to every bucket, up to its capacity. A reservation that still waits is
     * cancelled: its tokens return only if no later reservation exists, and lapse otherwise.
     */
    REFUND,
    /**
     * Takes the cost from every bucket, even if it is not there. A bucket that owes denies hits
     * until it has refilled.
     */
    SETTLE
  }

  /**
   * The name that separates the buckets of this backend from others in the same store.
   *
   * @return the namespace, not blank
   */
  String namespace();

  /**
   * Executes a call on the buckets of one key, atomically for all rates of the policy.
   *
   * <p>A hit takes the cost from every bucket, or from none if any rate denies it. A denial and a
   * peek take nothing. The margins of a refund or settlement are the new levels of the buckets; a
   * negative level is a debt. A hit of cost 0 is granted even by a bucket that owes.
   *
   * <p>A rate with another speed than before applies at once: the missing tokens stay missing, and
   * refill at the new speed. A denial writes at most that speed, and the new time after the clock
   * was set back.
   *
   * @param call the call. Unless this backend {@link #supportsDebt() supports debt}, throttles pass
   *     only plain hits, peeks and refunds
   * @return one {@link Margin} per rate, in the policy's order; after a settlement followed by the
   *     number of unpaid tokens, of several rates the largest. The caller owns the array
   * @throws BackendException if the store failed; the hit may or may not have been charged
   * @throws OverloadException if too many calls are waiting in this process; the call took nothing
   * @throws BackendUsageException if this backend is closed, or must not be called on this thread
   */
  long[] decide(BackendCall call);

  /**
   * As {@link #decide} for a policy of one rate, without objects. Backends override it to decide
   * without garbage.
   *
   * @param operation the operation, not {@link Operation#SETTLE}
   * @param policy a policy of one rate
   * @param identity the value of the client's identity
   * @param scope the scope of the hit
   * @param cost the number of tokens
   * @param argument the {@link BackendCall#argument() argument} of the operation
   * @return the margin of the rate
   * @throws IllegalArgumentException if the policy has several rates
   * @throws BackendException as {@link #decide}
   * @throws BackendUsageException as {@link #decide}
   */
  default long decideSingle(
      Operation operation,
      QuotaPolicy policy,
      String identity,
      String scope,
      long cost,
      long argument) {
    policy.requireSingleRate();
    BackendCall call = new BackendCall(operation, policy, identity, scope, cost, argument);
    BoundCall.requireMarginsOnly(operation);
    return BoundCall.requireMargins(this, call, decide(call))[0];
  }

  /**
   * As {@link #decide}, into an array of the caller's. Backends override it to decide without
   * objects of their own.
   *
   * @param operation the operation, not {@link Operation#SETTLE}
   * @param policy the throttle's name and rates
   * @param identity the value of the client's identity
   * @param scope the scope of the hit
   * @param cost the number of tokens
   * @param argument the argument of the operation
   * @param margins receives one {@link Margin} per rate in its first elements and may be longer;
   *     further elements stay unchanged
   * @throws BackendException as {@link #decide}
   * @throws BackendUsageException as {@link #decide}
   */
  default void decideInto(
      Operation operation,
      QuotaPolicy policy,
      String identity,
      String scope,
      long cost,
      long argument,
      long[] margins) {
    BackendCall call = new BackendCall(operation, policy, identity, scope, cost, argument);
    BoundCall.requireMarginsOnly(operation);
    long[] decided = BoundCall.requireMargins(this, call, decide(call));
    System.arraycopy(decided, 0, margins, 0, decided.length);
  }

  /**
   * As {@link #decide}, without blocking the caller.
   *
   * <p>By default, {@link #decide} runs on a small pool of daemon threads that all such backends
   * share. A backend that blocks should use an executor of its own. One that never blocks should
   * return a completed stage. Throttles wait for a stage for at most five seconds, unless this
   * backend {@link #boundsAsyncCalls() bounds its calls} itself.
   *
   * @param call the call
   * @return a stage with the margins, or failed with the exception of {@link #decide}
   */
  default CompletionStage<long[]> decideAsync(BackendCall call) {
    return SharedExecutor.submit(this, call.identity(), () -> decide(call));
  }

  /**
   * Executes calls in order, each as if it came alone. A store with round trips should override it
   * and send them together. By default, {@link #decide} executes one after the other.
   *
   * @param calls the calls, on one key or on several; may be empty
   * @return the answer to each call, in order
   * @throws BackendException if the store failed; any of the calls may have been carried out
   * @throws BackendClosedException if this backend is closed
   */
  default List<long[]> decideAll(List<BackendCall> calls) {
    List<long[]> answers = new ArrayList<>(calls.size());
    for (BackendCall call : calls) {
      answers.add(decide(call));
    }
    return answers;
  }

  /**
   * As {@link #decideAll}, without blocking the caller. By default, {@link #decideAsync} executes
   * one call after the other.
   *
   * @param calls the calls, on one key or on several; may be empty
   * @return a stage with the answer to each call, in order, or failed with the exception of {@link
   *     #decideAll}
   */
  default CompletionStage<List<long[]>> decideAllAsync(List<BackendCall> calls) {
    return Futures.inOrder(calls, this::decideAsync);
  }

  /**
   * Executes hits all or nothing: if every one is granted, all are charged. Otherwise none is, and
   * at most the new speed of a rate is written, as by a denial. Two hits on one bucket need the
   * tokens of both.
   *
   * <p>By default, {@link #decideAll} peeks first. If all are granted, {@link #decide} executes one
   * hit after the other, the one with the fewest tokens first. If one is then denied because of
   * concurrent hits, the earlier ones are refunded. A store that can execute all of them in one
   * atomic step should override this method.
   *
   * @param hits the hits, on one key or on several, without patience; may be empty
   * @return the answer to each hit, in order. If all are granted ({@link BackendCall#isGranted}),
   *     all are charged. Otherwise these are the margins of peeks, of which at least one denies
   * @throws BackendException if the store failed; any of the hits may have been charged
   * @throws OverloadException if too many calls are waiting in this process; no hit took anything
   * @throws IllegalArgumentException if a call is not a hit, or has patience
   * @throws BackendClosedException if this backend is closed
   */
  default List<long[]> decideTogether(List<BackendCall> hits) {
    return Futures.join(new PeekThenHit(this, CallMode.BLOCKING, hits).execute());
  }

  /**
   * As {@link #decideTogether}, without blocking the caller. By default, it uses {@link
   * #decideAllAsync} and {@link #decideAsync}.
   *
   * @param hits the hits, on one key or on several, without patience; may be empty
   * @return a stage with the answer to each hit, in order, or failed with the exception of {@link
   *     #decideTogether}
   */
  default CompletionStage<List<long[]>> decideTogetherAsync(List<BackendCall> hits) {
    return new PeekThenHit(this, CallMode.ASYNC, hits).execute();
  }

  /**
   * Whether every stage that this backend returns completes within a bounded time, even if its
   * store never answers. Otherwise throttles fail a stage after five seconds. To choose another
   * time, wrap the backend in a {@code DeadlineBackend} of {@code traffik-core}.
   *
   * @return false by default
   */
  default boolean boundsAsyncCalls() {
    return false;
  }

  /**
   * Whether buckets can owe tokens: hits with patience, cancelled reservations and settlements.
   * Throttles check it before such a call, and fail with a {@link ConfigurationException} if it is
   * false.
   *
   * @return false by default
   */
  default boolean supportsDebt() {
    return false;
  }

  /**
   * Checks that the backend can work, for example by connecting to its store. A call is optional
   * and may be repeated. After a failure the backend stays usable, and connects by itself later.
   *
   * @throws ConfigurationException if waiting cannot repair the problem, such as a wrong password;
   *     the message states the problem and the remedy
   * @throws BackendException if the store is out of reach or out of order; applications then start
   *     all the same ({@link BackendStart})
   * @throws BackendClosedException if this backend is closed
   */
  default void open() {}

  /**
   * Removes all buckets of this namespace and of no other.
   *
   * @throws BackendException if the store failed; some buckets may remain
   * @throws BackendClosedException if this backend is closed
   */
  void reset();

  /**
   * As {@link #reset()}, without blocking the caller.
   *
   * @return a stage that completes when the buckets are removed, or fails with the exception of
   *     {@link #reset()}
   */
  default CompletionStage<@Nullable Void> resetAsync() {
    return SharedExecutor.submit(
        this,
        "reset",
        () -> {
          reset();
          return null;
        });
  }

  /**
   * Closes the resources that this backend opened, and none that it was given. Closing again has no
   * effect. Other calls then throw {@link BackendClosedException}.
   */
  @Override
  void close();

  /**
   * Whether the buckets survive the end of the application. Otherwise, leaving {@link
   * BackendScope#application} resets them.
   *
   * @return false by default
   */
  default boolean persistent() {
    return false;
  }
}
