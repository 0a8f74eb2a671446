package io.traffik.memory;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The number of keys that a backend may still add. Stripes acquire it in small steps, so that they
 * need not fill evenly and rarely contend here.
 */
final class KeyBudget {

  private final AtomicLong left;
  private final int step;

  KeyBudget(long keys, int step) {
    this.left = new AtomicLong(keys);
    this.step = step;
  }

  /** Acquires up to one step of keys; 0 means that the budget is exhausted. */
  int acquire() {
    for (; ; ) {
      long before = left.get();
      int acquired = (int) Math.min(step, before);
      if (acquired == 0 || left.compareAndSet(before, before - acquired)) {
        return acquired;
      }
    }
  }

  /** The part of a stripe's unused allowance that it should release. */
  long surplus(long unused) {
    return unused > 2L * step ? unused - step : 0;
  }

  void release(long keys) {
    if (keys > 0) {
      left.addAndGet(keys);
    }
  }
}
