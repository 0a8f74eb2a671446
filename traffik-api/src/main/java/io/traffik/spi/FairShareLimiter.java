package io.traffik.spi;

import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A limit on what waits in this process, shared so that no client can occupy all of it. A client
 * may occupy as much as is still free. So one flooding client occupies at most half, and two occupy
 * at most a third each; others still find free capacity.
 *
 * <p>The rule is the dynamic threshold of Choudhury and Hahne, "Dynamic queue length thresholds for
 * shared-memory packet switches", IEEE/ACM Transactions on Networking 6(2), 1998, with factor 1.
 *
 * <p>A client that occupies nothing costs no memory. Safe for any number of threads. It never
 * blocks.
 */
public final class FairShareLimiter {

  private final long capacity;
  private final AtomicLong total = new AtomicLong();
  private final ConcurrentMap<String, Long> byClient = new ConcurrentHashMap<>();

  /**
   * Creates a limiter.
   *
   * @param capacity the sum of all clients' amounts, for example calls or bytes; at least 1
   * @throws IllegalArgumentException if the capacity is below 1
   */
  public FairShareLimiter(long capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity must be at least 1: " + capacity);
    }
    this.capacity = capacity;
  }

  /**
   * Occupies an amount for a client, if it and the client's earlier amounts are at most what is
   * free. If nothing at all is occupied, any amount is granted, so that a single large amount
   * cannot wait forever.
   *
   * @param client the client, not null; any characters
   * @param amount the amount, at least 0
   * @return whether it was granted; each granted amount must be {@link #release released} once
   */
  public boolean tryAcquire(String client, long amount) {
    Objects.requireNonNull(client, "client must not be null");
    if (amount < 0) {
      throw new IllegalArgumentException("amount must be at least 0: " + amount);
    }
    if (amount == 0) {
      return true;
    }
    boolean[] granted = new boolean[1];
    byClient.compute(
        client,
        (key, occupied) -> {
          long held = occupied == null ? 0 : occupied;
          granted[0] = addToTotal(held, amount);
          return granted[0] ? Long.valueOf(held + amount) : occupied;
        });
    return granted[0];
  }

  private boolean addToTotal(long held, long amount) {
    while (true) {
      long before = total.get();
      if (before != 0 && held + amount > capacity - before) {
        return false;
      }
      if (total.compareAndSet(before, before + amount)) {
        return true;
      }
    }
  }

  /**
   * Frees an amount that was granted.
   *
   * @param client the client of {@link #tryAcquire}, not null
   * @param amount the granted amount
   */
  public void release(String client, long amount) {
    if (amount == 0) {
      return;
    }
    byClient.computeIfPresent(
        client, (key, occupied) -> occupied > amount ? Long.valueOf(occupied - amount) : null);
    total.addAndGet(-amount);
  }

  /**
   * Returns the sum of all clients' amounts.
   *
   * @return at least 0
   */
  public long occupied() {
    return total.get();
  }

  /**
   * Returns the largest sum of all clients' amounts.
   *
   * @return at least 1
   */
  public long capacity() {
    return capacity;
  }
}
