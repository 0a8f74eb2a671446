package io.traffik.spi;

import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A limit on the calls or bytes that wait in this process, shared so that no client can occupy all
 * of it. A client may occupy as much as is still free. So one flooding client occupies at most
 * half, and two occupy at most a third each; others still find free capacity.
 *
 * <p>The rule is the dynamic threshold of Choudhury and Hahne, "Dynamic queue length thresholds for
 * shared-memory packet switches", IEEE/ACM Transactions on Networking 6(2), 1998, with factor 1.
 *
 * <p>It stores a number for each client that occupies something, and for some thousand others. Safe
 * for any number of threads. It never blocks.
 */
public final class FairShareLimiter {

  /** Above this number of counters, those of clients that occupy nothing are removed. */
  private static final int MAX_IDLE_CLIENTS = 8_192;

  /** The state of a counter that was removed; it must not be used again. */
  private static final long REMOVED = -1;

  private final long capacity;
  private final AtomicLong total = new AtomicLong();
  private final ConcurrentMap<String, AtomicLong> byClient = new ConcurrentHashMap<>();

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
   * free. A larger amount than half of the capacity counts as half, so that it can be granted, and
   * others still find free capacity.
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
    long counted = counted(amount);
    while (true) {
      AtomicLong counter = counterOf(client);
      long held = counter.get();
      if (held == REMOVED) {
        byClient.remove(client, counter);
      } else if (!addToTotal(held, counted)) {
        return false;
      } else if (counter.compareAndSet(held, held + counted)) {
        return true;
      } else {
        total.addAndGet(-counted);
      }
    }
  }

  private long counted(long amount) {
    return Math.min(amount, Math.max(1, capacity / 2));
  }

  private AtomicLong counterOf(String client) {
    AtomicLong existing = byClient.get(client);
    if (existing != null) {
      return existing;
    }
    if (byClient.size() > MAX_IDLE_CLIENTS + total.get()) {
      byClient
          .entrySet()
          .removeIf(
              entry -> entry.getValue().get() == 0 && entry.getValue().compareAndSet(0, REMOVED));
    }
    return byClient.computeIfAbsent(client, key -> new AtomicLong());
  }

  private boolean addToTotal(long held, long amount) {
    while (true) {
      long before = total.get();
      if (held + amount > capacity - before) {
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
    AtomicLong counter = byClient.get(Objects.requireNonNull(client, "client must not be null"));
    if (amount > 0 && counter != null) {
      counter.addAndGet(-counted(amount));
      total.addAndGet(-counted(amount));
    }
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

  /** The number of clients that are stored. */
  int clients() {
    return byClient.size();
  }
}
