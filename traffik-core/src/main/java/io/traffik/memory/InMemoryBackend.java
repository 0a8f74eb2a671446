package io.traffik.memory;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.BackendClosedException;
import io.traffik.Rate;
import io.traffik.spi.BackendCall;
import io.traffik.spi.Margin;
import io.traffik.spi.QuotaPolicy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A backend that keeps token buckets in the memory of this process.
 *
 * <p>It holds a bounded number of keys and removes full buckets by itself. It never blocks for
 * long; asynchronous decisions complete at once. Its clock is {@link System#nanoTime()}, so that
 * changes of the host's clock have no effect.
 *
 * <p>A key is stored as a 112-bit keyed hash under a secret seed, never as text.
 *
 * <p>It {@link #supportsDebt() supports debt}. It stores with each key the rates that its buckets
 * were written with. Over its life it stores up to 65,535 different lists of rates. A policy with
 * fewer rates than a key keeps the key's further rates, which makes one more list. A hit, refund or
 * settlement that needs a list beyond the limit throws {@link io.traffik.ConfigurationException}. A
 * peek stores none.
 *
 * <p>At the bound, a new key evicts the fullest bucket of a sample. A bucket that lacks half or
 * more of its capacity is only evicted for one that lacks as much. If no hit or settlement costs
 * more than half of its capacity, new keys therefore never evict a throttled client. With {@code
 * 1/min}, one hit takes the whole capacity, and new keys can evict throttled clients. A bucket that
 * owes tokens counts as emptier than an empty one.
 *
 * <p>Thread-safe.
 */
public final class InMemoryBackend implements Backend {

  private final String namespace;
  private final boolean persistent;
  private final LongSupplier clock;
  private final StripedStore store;
  private final KeyHash keyHash;
  private volatile boolean closed;

  InMemoryBackend(InMemoryBackendBuilder builder) {
    this.namespace = builder.namespace;
    this.persistent = builder.persistent;
    this.clock = builder.steadyClock();
    this.store = new StripedStore(builder.maxKeys, clock);
    this.keyHash = KeyHash.random(store);
  }

  /**
   * Creates a backend with default settings: at most 1,000,000 keys.
   *
   * @param namespace the name of its buckets; not blank
   * @return the backend
   * @throws io.traffik.ConfigurationException if the namespace is blank
   */
  public static InMemoryBackend create(String namespace) {
    return builder(namespace).build();
  }

  /**
   * Creates a builder for a backend with other settings.
   *
   * @param namespace the name of its buckets; not blank
   * @return a builder
   * @throws io.traffik.ConfigurationException if the namespace is blank
   */
  public static InMemoryBackendBuilder builder(String namespace) {
    return new InMemoryBackendBuilder(namespace);
  }

  @Override
  public String namespace() {
    return namespace;
  }

  @Override
  public long[] decide(BackendCall call) {
    Operation operation = call.operation();
    QuotaPolicy policy = call.policy();
    long[] margins = new long[policy.size() + (operation == Operation.SETTLE ? 1 : 0)];
    decideInto(
        operation, policy, call.identity(), call.scope(), call.cost(), call.argument(), margins);
    return margins;
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
    requireOpen();
    requireArguments(operation, policy, cost, argument);
    margins[0] = keyHash.decide(operation, policy, identity, scope, cost, argument, margins);
  }

  @Override
  public long decideSingle(
      Operation operation,
      QuotaPolicy policy,
      String identity,
      String scope,
      long cost,
      long argument) {
    requireOpen();
    requireArguments(operation, policy, cost, argument);
    policy.requireSingleRate();
    if (operation == Operation.SETTLE) {
      throw new IllegalArgumentException(
          "decideSingle cannot return the unpaid tokens of SETTLE. Call decide.");
    }
    return keyHash.decide(operation, policy, identity, scope, cost, argument, null);
  }

  @Override
  public CompletionStage<long[]> decideAsync(BackendCall call) {
    try {
      return CompletableFuture.completedFuture(decide(call));
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** True: every stage is complete. */
  @Override
  public boolean boundsAsyncCalls() {
    return true;
  }

  @Override
  public boolean supportsDebt() {
    return true;
  }

  @Override
  public void open() {
    requireOpen();
  }

  @Override
  public void reset() {
    requireOpen();
    store.clear();
  }

  @Override
  public CompletionStage<@Nullable Void> resetAsync() {
    try {
      reset();
      return CompletableFuture.completedFuture(null);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public void close() {
    closed = true;
    store.clear();
    if (clock instanceof CoarseClock coarse) {
      coarse.stop();
    }
  }

  @Override
  public boolean persistent() {
    return persistent;
  }

  /**
   * Returns the number of keys, including full buckets that are not removed yet. A key of several
   * rates counts once. Keys that are added or removed during the count may count twice or not at
   * all.
   *
   * @return at most the bound, if there are no hits during the count
   */
  public long size() {
    return store.size();
  }

  /**
   * Returns the number of lost keys: keys evicted at the bound and new keys that were not added
   * there, unless their buckets were full. It also counts all keys that are dropped after an {@link
   * Error} such as a stack overflow. Each lost key may let a client spend its capacity again.
   *
   * @return the number since this backend was built
   */
  public long evictions() {
    return store.evictions();
  }

  /**
   * Removes all full buckets now. Hits do so in small steps, so this is only useful when there are
   * no hits.
   *
   * @throws IllegalStateException if this backend is closed
   */
  public void cleanUp() {
    requireOpen();
    store.cleanUp();
  }

  /**
   * Rejects a negative cost, which would fill buckets, and a patience that could overflow their
   * states.
   */
  private static void requireArguments(
      Operation operation, QuotaPolicy policy, long cost, long argument) {
    if (cost < 0) {
      throw new IllegalArgumentException("cost must be at least 0: " + cost);
    }
    if (argument != 0) {
      requireArgument(operation, policy, argument);
    }
  }

  private static void requireArgument(Operation operation, QuotaPolicy policy, long argument) {
    long longest = Long.MAX_VALUE;
    if (operation == Operation.HIT || operation == Operation.PEEK) {
      for (Rate rate : policy.rates()) {
        longest = Math.min(longest, Margin.MAX_NANOS - rate.fillNanos());
      }
    }
    if (argument < 0 || argument > longest) {
      throw new IllegalArgumentException(
          "argument of " + operation + " must be from 0 to " + longest + ": " + argument);
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new BackendClosedException(namespace);
    }
  }

  @Override
  public String toString() {
    return "InMemoryBackend[" + namespace + "]";
  }
}
