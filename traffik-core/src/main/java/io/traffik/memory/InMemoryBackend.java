package io.traffik.memory;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Identifier;
import io.traffik.ThrottledHandler;
import io.traffik.spi.QuotaPolicy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Token buckets in the memory of this process.
 *
 * <p>It holds a bounded number of buckets, forgets those that have refilled by itself, and never
 * blocks for long: asynchronous decisions complete at once. Its time is {@link System#nanoTime()},
 * which setting the host's clock does not move.
 *
 * <p>Keys are kept as 128 bits of a keyed hash under a secret seed, never as text.
 *
 * <p>At the bound, of a sample of keys that with the smallest share of its capacity missing gives
 * way to a new one, unless it misses half or more and the new one misses less; {@link #evictions()}
 * counts those whose buckets were not full. So clients that each take less than half of their
 * capacity never free one that is being throttled.
 *
 * <p>Safe for any number of threads.
 */
public final class InMemoryBackend implements Backend {

  private final String namespace;
  private final boolean persistent;
  private final @Nullable Identifier identifier;
  private final @Nullable ThrottledHandler throttledHandler;
  private final LongSupplier clock;
  private final StripedStore stripes;
  private final KeyHash keyHash = KeyHash.random();
  private volatile boolean closed;

  InMemoryBackend(InMemoryBackendBuilder choices) {
    this.namespace = choices.namespace;
    this.persistent = choices.persistent;
    this.identifier = choices.identifier;
    this.throttledHandler = choices.throttledHandler;
    this.clock = choices.steadyClock();
    this.stripes = new StripedStore(choices.maxKeys, clock);
  }

  /**
   * A backend with every choice at its default: at most 1,000,000 keys.
   *
   * @param namespace the name of its buckets, not blank
   * @return the backend
   * @throws io.traffik.ConfigurationException if the namespace is blank
   */
  public static InMemoryBackend create(String namespace) {
    return builder(namespace).build();
  }

  /**
   * Starts a backend with choices.
   *
   * @param namespace the name of its buckets, not blank
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
  public long[] decide(
      Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
    long[] margins = new long[policy.size()];
    decideInto(operation, policy, identity, scope, cost, margins);
    return margins;
  }

  @Override
  public void decideInto(
      Operation operation,
      QuotaPolicy policy,
      String identity,
      String scope,
      long cost,
      long[] margins) {
    if (policy.size() == 1) {
      // Several states are moved together by a word that says busy. A table of one rate must not
      // show it: nobody waits for it there.
      margins[0] = decideSingle(operation, policy, identity, scope, cost);
      return;
    }
    requireOpen();
    requireCost(cost);
    keyHash.decide(stripes, operation, policy, identity, scope, cost, margins);
  }

  @Override
  public long decideSingle(
      Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
    requireOpen();
    requireCost(cost);
    if (policy.size() != 1) {
      throw new IllegalArgumentException(
          "policy must have one rate to be decided by one margin: " + policy);
    }
    return keyHash.decide(stripes, operation, policy, identity, scope, cost, null);
  }

  @Override
  public CompletionStage<long[]> decideAsync(
      Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
    try {
      return CompletableFuture.completedFuture(decide(operation, policy, identity, scope, cost));
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public void open() {
    requireOpen();
  }

  @Override
  public void reset() {
    requireOpen();
    stripes.clear();
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
    stripes.clear();
    if (clock instanceof CoarseClock coarse) {
      coarse.stop();
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

  /**
   * The number of keys held, those included whose buckets have refilled and are not yet forgotten.
   * A key of several rates counts once. Stripes are counted one after the other, so that keys that
   * come and go meanwhile may count twice or not at all.
   *
   * @return at most the bound, if nobody hits meanwhile
   */
  public long size() {
    return stripes.size();
  }

  /**
   * How many keys gave way at the bound whose buckets were not full, new ones that were not kept
   * included: each may have let a client have up to its capacity again.
   *
   * @return a count since this backend was built
   */
  public long evictions() {
    return stripes.evictions();
  }

  /**
   * Forgets all refilled buckets now. Hits do so in small steps by themselves; this is for idle
   * times.
   *
   * @throws IllegalStateException if this backend is closed
   */
  public void cleanUp() {
    requireOpen();
    stripes.cleanUp();
  }

  /** A negative one would fill buckets. */
  private static void requireCost(long cost) {
    if (cost < 0) {
      throw new IllegalArgumentException("cost must be at least 0: " + cost);
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException(
          "backend must not be used after close: \"" + namespace + "\"");
    }
  }

  @Override
  public String toString() {
    return "InMemoryBackend[" + namespace + "]";
  }
}
