package io.traffik.tck.backend;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.bucket.TokenBucket;
import io.traffik.spi.BackendCall;
import io.traffik.spi.Margin;
import io.traffik.spi.QuotaPolicy;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/** A small, correct backend over a shared store. Broken backends override one of its methods. */
class ReferenceBackend implements Backend {

  /** A stored bucket: the instant at which it is full, and the instant of the last write. */
  record Entry(long written, long fullAt) {}

  private static final Executor THREADS =
      Executors.newFixedThreadPool(
          4,
          task -> {
            Thread thread = new Thread(task, "reference backend");
            thread.setDaemon(true);
            return thread;
          });

  final String namespace;
  final SharedStore store;
  volatile boolean closed;

  ReferenceBackend(String namespace, SharedStore store) {
    this.namespace = namespace;
    this.store = store;
  }

  @Override
  public String namespace() {
    return namespace;
  }

  @Override
  public long[] decide(BackendCall call) {
    requireOpen();
    store.lock();
    try {
      return decideAt(
          now(),
          call.operation(),
          call.policy(),
          key(call.policy(), call.identity(), call.scope()),
          call.cost());
    } finally {
      store.unlock();
    }
  }

  long[] decideAt(long now, Operation operation, QuotaPolicy policy, Object key, long cost) {
    long[] carried = new long[policy.size()];
    long[] margins = new long[policy.size()];
    for (int i = 0; i < margins.length; i++) {
      carried[i] = carried(stored(place(key, i), now), now, policy.rate(i));
      margins[i] =
          operation == Operation.REFUND
              ? margin(afterRefund(carried[i], now, policy.rate(i), cost), now, policy.rate(i), 0)
              : margin(carried[i], now, policy.rate(i), cost);
    }
    boolean granted = Margin.areGranted(margins);
    for (int i = 0; i < margins.length; i++) {
      Rate rate = policy.rate(i);
      long next =
          switch (operation) {
            case HIT -> granted ? afterHit(carried[i], now, rate, cost) : carried[i];
            case PEEK -> carried[i];
            case REFUND -> afterRefund(carried[i], now, rate, cost);
            case SETTLE -> afterHit(carried[i], now, rate, cost);
          };
      store(place(key, i), now, next);
    }
    return margins;
  }

  long now() {
    return store.now();
  }

  Object key(QuotaPolicy policy, String identity, String scope) {
    return List.of(policy.uid(), identity, scope);
  }

  Object place(Object key, int index) {
    return List.of(namespace, key, index);
  }

  /** After a step back, moves the bucket by the same duration (rule B8). */
  long stored(Object place, long now) {
    Entry entry = store.entries.get(place);
    if (entry == null) {
      return TokenBucket.FULL;
    }
    if (entry.written() > now) {
      store(place, now, entry.fullAt() - (entry.written() - now));
    }
    return store.entries.get(place).fullAt();
  }

  void store(Object place, long now, long fullAt) {
    store.entries.put(place, new Entry(now, fullAt));
  }

  long carried(long fullAt, long now, Rate rate) {
    return TokenBucket.carried(fullAt, now, rate);
  }

  long margin(long carried, long now, Rate rate, long cost) {
    return TokenBucket.margin(carried, now, rate, cost);
  }

  long afterHit(long carried, long now, Rate rate, long cost) {
    return TokenBucket.afterHit(carried, rate, cost);
  }

  long afterRefund(long carried, long now, Rate rate, long cost) {
    return TokenBucket.afterRefund(carried, now, rate, cost);
  }

  /** Uses its own threads, because on few processors the default ones are created per call. */
  @Override
  public CompletionStage<long[]> decideAsync(BackendCall call) {
    return CompletableFuture.supplyAsync(() -> decide(call), THREADS);
  }

  @Override
  public void open() {
    requireOpen();
  }

  @Override
  public void reset() {
    requireOpen();
    store.lock();
    try {
      store.entries.keySet().removeIf(this::isMine);
    } finally {
      store.unlock();
    }
  }

  boolean isMine(Object place) {
    return ((List<?>) place).get(0).equals(namespace);
  }

  @Override
  public void close() {
    closed = true;
  }

  void requireOpen() {
    if (closed) {
      throw new IllegalStateException("closed: " + namespace);
    }
  }
}
