package io.traffik.tck.backend;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.BackendClosedException;
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

  /**
   * A stored bucket.
   *
   * @param written the instant of the last write
   * @param fullAt the instant at which the bucket is full
   * @param interval the speed of refilling, in nanoseconds per token
   */
  record Entry(long written, long fullAt, long interval) {}

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
  public boolean supportsDebt() {
    return true;
  }

  @Override
  public long[] decide(BackendCall call) {
    requireOpen();
    store.lock();
    try {
      return decideAt(now(), call, key(call.policy(), call.identity(), call.scope()));
    } finally {
      store.unlock();
    }
  }

  long[] decideAt(long now, BackendCall call, Object key) {
    QuotaPolicy policy = call.policy();
    Entry[] stored = new Entry[policy.size()];
    long[] carried = new long[policy.size()];
    boolean representable = true;
    boolean granted = true;
    for (int i = 0; i < stored.length; i++) {
      stored[i] = stored(place(key, i), now, policy.rate(i));
      carried[i] = carried(stored[i], now, policy.rate(i));
      representable &= carried[i] != TokenBucket.UNREPRESENTABLE;
      granted &= representable && grants(call, carried[i], now, policy.rate(i));
    }
    long[] answer = new long[policy.size() + (call.operation() == Operation.SETTLE ? 1 : 0)];
    for (int i = 0; i < stored.length; i++) {
      Rate rate = policy.rate(i);
      if (carried[i] == TokenBucket.UNREPRESENTABLE) {
        answer[i] = marginOfUnrepresentable(stored[i], now, rate, call);
        continue;
      }
      long next = granted ? after(call, carried[i], now, rate) : carried[i];
      answer[i] =
          isHitOrPeek(call)
              ? margin(carried[i], now, rate, call.cost())
              : margin(next, now, rate, 0);
      if (representable && isWritten(call, granted)) {
        store(place(key, i), now, next, rate);
      }
    }
    if (call.operation() == Operation.SETTLE) {
      answer[policy.size()] = representable ? unpaid(call, carried, now) : call.cost();
    }
    return answer;
  }

  private static boolean isHitOrPeek(BackendCall call) {
    return call.operation() == Operation.HIT || call.operation() == Operation.PEEK;
  }

  private static long marginOfUnrepresentable(Entry stored, long now, Rate rate, BackendCall call) {
    return isHitOrPeek(call)
        ? TokenBucket.marginOfUnrepresentable(
            stored.fullAt(), stored.interval(), now, rate, call.cost(), call.argument())
        : -Margin.MAX_NANOS;
  }

  private static long unpaid(BackendCall call, long[] carried, long now) {
    long largest = 0;
    for (int i = 0; i < carried.length; i++) {
      Rate rate = call.policy().rate(i);
      largest =
          Math.max(
              largest, TokenBucket.unpaid(carried[i], now, rate, call.cost(), call.argument()));
    }
    return largest;
  }

  /** The same call with other rates. */
  static BackendCall withRates(BackendCall call, List<Rate> rates) {
    return new BackendCall(
        call.operation(),
        QuotaPolicy.of(call.policy().uid(), rates),
        call.identity(),
        call.scope(),
        call.cost(),
        call.argument());
  }

  /** A denied hit and a reservation that lapses write only the speed. */
  boolean isWritten(BackendCall call, boolean granted) {
    return call.operation() != Operation.PEEK && call.cost() > 0;
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
  Entry stored(Object place, long now, Rate rate) {
    Entry entry = store.entries.get(place);
    if (entry == null) {
      return new Entry(now, TokenBucket.FULL, rate.nanosPerToken());
    }
    long back = Math.max(0, entry.written() - now);
    Entry moved = new Entry(entry.written() - back, entry.fullAt() - back, entry.interval());
    store.entries.put(place, moved);
    return moved;
  }

  void store(Object place, long now, long fullAt, Rate rate) {
    store.entries.put(place, new Entry(now, fullAt, rate.nanosPerToken()));
  }

  long carried(Entry stored, long now, Rate rate) {
    return TokenBucket.carried(stored.fullAt(), stored.interval(), now, rate);
  }

  long margin(long carried, long now, Rate rate, long cost) {
    return TokenBucket.margin(carried, now, rate, cost);
  }

  /** By {@link #margin}, so that a broken margin decides as it is returned. */
  boolean grants(BackendCall call, long carried, long now, Rate rate) {
    return isHitOrPeek(call)
        ? call.cost() == 0 || margin(carried, now, rate, call.cost()) >= -call.argument()
        : TokenBucket.grants(call.operation(), carried, now, rate, call.cost(), call.argument());
  }

  long after(BackendCall call, long carried, long now, Rate rate) {
    return switch (call.operation()) {
      case HIT -> afterHit(carried, now, rate, call.cost());
      case REFUND -> afterRefund(carried, now, rate, call.cost());
      case PEEK, SETTLE ->
          TokenBucket.after(call.operation(), carried, now, rate, call.cost(), call.argument());
    };
  }

  long afterHit(long carried, long now, Rate rate, long cost) {
    return TokenBucket.after(Operation.HIT, carried, now, rate, cost, 0);
  }

  long afterRefund(long carried, long now, Rate rate, long cost) {
    return TokenBucket.after(Operation.REFUND, carried, now, rate, cost, 0);
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
      throw new BackendClosedException(namespace);
    }
  }
}
