package io.traffik.examples;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.bucket.TokenBucket;
import io.traffik.spi.Margin;
import io.traffik.spi.QuotaPolicy;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Token buckets in a map: a whole backend, written out. */
final class MapBackend implements Backend {

  private final Map<List<String>, long[]> buckets = new ConcurrentHashMap<>();
  private final AtomicLong hits = new AtomicLong();
  private final String namespace;
  private final LongSupplier clock;
  private long lastReading;
  private long elapsed;
  private volatile boolean closed;

  MapBackend(String namespace, LongSupplier clock) {
    this.namespace = namespace;
    this.clock = clock;
    this.lastReading = clock.getAsLong();
  }

  /** What has gone by since the beginning: a clock that is set back only stands still then. */
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
  public long[] decide(
      Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
    requireOpen();
    if (hits.incrementAndGet() % 1_000 == 0) {
      long now = now();
      buckets.values().removeIf(fullAt -> isFull(fullAt, now));
    }
    long[] margins = new long[policy.size()];
    buckets.compute(
        List.of(policy.uid(), identity, scope),
        (key, stored) -> {
          // Read in here, where no other thread writes: an older reading would grant what has not
          // refilled yet.
          long now = now();
          long[] fullAt = stored == null ? new long[0] : stored;
          long[] next = step(operation, policy, cost, fullAt, now, margins);
          return isFull(next, now) ? null : next;
        });
    return margins;
  }

  private static long[] step(
      Operation operation, QuotaPolicy policy, long cost, long[] fullAt, long now, long[] margins) {
    // Places without a bucket hold 0, which has passed: full. Places that this policy does not know
    // belong to another release of the application, and stay.
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
    // All rates or none: a hit that one of them denies is charged to none.
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
      throw new IllegalStateException("backend must not be used after close: " + namespace);
    }
  }
}
