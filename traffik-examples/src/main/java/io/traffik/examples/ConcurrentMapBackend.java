package io.traffik.examples;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.BackendClosedException;
import io.traffik.Rate;
import io.traffik.bucket.TokenBucket;
import io.traffik.spi.BackendCall;
import io.traffik.spi.Margin;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** A complete backend that keeps its buckets in a map. */
final class ConcurrentMapBackend implements Backend {

  /** The instant at which a bucket is full, and the interval of its last rate. */
  private record Bucket(long fullAt, long interval) {}

  private static final Bucket FULL = new Bucket(TokenBucket.FULL, 1);

  private final Map<List<String>, Bucket[]> clients = new ConcurrentHashMap<>();
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
    if (call.needsDebt()) {
      throw new UnsupportedOperationException("This backend supports no debt: " + call);
    }
    if (hits.incrementAndGet() % 1_000 == 0) {
      long now = now();
      clients.values().removeIf(stored -> areFull(stored, now));
    }
    long[] margins = new long[call.policy().size()];
    clients.compute(
        List.of(call.policy().uid(), call.identity(), call.scope()),
        (key, stored) -> {
          // Read the clock under the lock. An earlier reading could grant tokens that have not
          // refilled yet.
          long now = now();
          Bucket[] next = step(call, stored == null ? new Bucket[0] : stored, now, margins);
          return areFull(next, now) ? null : next;
        });
    return margins;
  }

  private static Bucket[] step(BackendCall call, Bucket[] stored, long now, long[] margins) {
    // Positions beyond this policy belong to another release of the application and stay unchanged.
    Bucket[] carried = Arrays.copyOf(stored, Math.max(stored.length, margins.length));
    boolean writes = call.operation() != Operation.PEEK && call.cost() > 0;
    for (int i = 0; i < margins.length; i++) {
      Bucket old = i < stored.length ? stored[i] : FULL;
      Rate rate = call.policy().rate(i);
      long fullAt = TokenBucket.carried(old.fullAt, old.interval, now, rate);
      carried[i] = new Bucket(fullAt, rate.nanosPerToken());
      // At the new speed, the bucket could take more than 140 years to fill.
      writes &= fullAt != TokenBucket.UNREPRESENTABLE;
    }
    Bucket[] next = carried.clone();
    boolean refund = call.operation() == Operation.REFUND;
    for (int i = 0; i < margins.length; i++) {
      Rate rate = call.policy().rate(i);
      long before = carried[i].fullAt;
      if (before == TokenBucket.UNREPRESENTABLE) {
        Bucket old = stored[i];
        long denial =
            TokenBucket.marginOfUnrepresentable(
                old.fullAt, old.interval, now, rate, call.cost(), 0);
        margins[i] = refund ? -Margin.MAX_NANOS : denial;
        continue;
      }
      long after = TokenBucket.after(call.operation(), before, now, rate, call.cost(), 0);
      next[i] = new Bucket(after, rate.nanosPerToken());
      margins[i] =
          refund
              ? TokenBucket.margin(writes ? after : before, now, rate, 0)
              : TokenBucket.margin(before, now, rate, call.cost());
    }
    if (!writes) {
      return stored;
    }
    // All or nothing: a hit that one rate denies is charged to none.
    return call.isGranted(margins) ? next : carried;
  }

  private static boolean areFull(Bucket[] buckets, long now) {
    return Arrays.stream(buckets).allMatch(bucket -> bucket.fullAt <= now);
  }

  @Override
  public void open() {
    requireOpen();
  }

  @Override
  public void reset() {
    requireOpen();
    clients.clear();
  }

  @Override
  public void close() {
    closed = true;
    clients.clear();
  }

  private void requireOpen() {
    if (closed) {
      throw new BackendClosedException(namespace);
    }
  }
}
