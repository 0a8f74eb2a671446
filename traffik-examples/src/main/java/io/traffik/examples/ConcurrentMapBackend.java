package io.traffik.examples;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.bucket.TokenBucket;
import io.traffik.spi.BackendCall;
import io.traffik.spi.Margin;
import io.traffik.spi.QuotaPolicy;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** A complete backend that keeps its buckets in a map. */
final class ConcurrentMapBackend implements Backend {

  private final Map<List<String>, long[]> buckets = new ConcurrentHashMap<>();
  private final AtomicLong hits = new AtomicLong();
  private final String namespace;
  private final LongSupplier clock;
  private long lastReading;
  private long elapsed;
  private volatile boolean closed;

  ConcurrentMapBackend(String namespace, LongSupplier clock) {
    this.namespace = namespace;
    this.clock = clock;
    this.lastReading = clock.getAsLong();
  }

  /** The elapsed time. If the clock is set back, this value does not change. */
  private synchronized long now() {
    long reading = clock.getAsLong();
    elapsed += Math.max(0, reading - lastReading);
    lastReading = reading;
    return elapsed;
  }

  @Override
  public String namespace() {
    return namespace;
  }

  @Override
  public long[] decide(BackendCall call) {
    requireOpen();
    if (hits.incrementAndGet() % 1_000 == 0) {
      long now = now();
      buckets.values().removeIf(fullAt -> isFull(fullAt, now));
    }
    long[] margins = new long[call.policy().size()];
    buckets.compute(
        List.of(call.policy().uid(), call.identity(), call.scope()),
        (key, stored) -> {
          // Read the clock under the lock. An earlier reading could grant tokens that have not
          // refilled yet.
          long now = now();
          long[] fullAt = stored == null ? new long[0] : stored;
          long[] next = step(call.operation(), call.policy(), call.cost(), fullAt, now, margins);
          return isFull(next, now) ? null : next;
        });
    return margins;
  }

  private static long[] step(
      Operation operation, QuotaPolicy policy, long cost, long[] fullAt, long now, long[] margins) {
    // A missing bucket is 0, an instant in the past: it is full. Positions beyond this policy
    // belong to another release of the application and stay unchanged.
    long[] carried = Arrays.copyOf(fullAt, Math.max(fullAt.length, policy.size()));
    long[] next = carried.clone();
    for (int i = 0; i < policy.size(); i++) {
      Rate rate = policy.rate(i);
      carried[i] = TokenBucket.carried(carried[i], now, rate);
      if (operation == Operation.REFUND) {
        next[i] = TokenBucket.afterRefund(carried[i], now, rate, cost);
        margins[i] = TokenBucket.margin(next[i], now, rate, 0);
      } else {
        margins[i] = TokenBucket.margin(carried[i], now, rate, cost);
        next[i] = TokenBucket.afterHit(carried[i], rate, cost);
      }
    }
    // All or nothing: a hit that one rate denies is charged to none.
    return operation != Operation.PEEK && Margin.areGranted(margins) ? next : carried;
  }

  private static boolean isFull(long[] fullAt, long now) {
    return Arrays.stream(fullAt).allMatch(instant -> instant <= now);
  }

  @Override
  public void open() {
    requireOpen();
  }

  @Override
  public void reset() {
    requireOpen();
    buckets.clear();
  }

  @Override
  public void close() {
    closed = true;
    buckets.clear();
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("Backend is closed: " + namespace);
    }
  }
}
