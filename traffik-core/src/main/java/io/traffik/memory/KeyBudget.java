package io.traffik.memory;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The keys that a backend may still hold, given out to its stripes a few at a time: so the stripes
 * need not fill evenly, and seldom meet here.
 */
final class KeyBudget {

  private final AtomicLong left;
  private final int step;

  KeyBudget(long keys, int step) {
    this.left = new AtomicLong(keys);
    this.step = step;
  }

  /** Takes some keys, or none if there are none left. */
  int take() {
    for (; ; ) {
      long before = left.get();
      int taken = (int) Math.min(step, before);
      if (taken == 0 || left.compareAndSet(before, before - taken)) {
        return taken;
      }
    }
  }

  /** Of keys that are not in use, how many are to be given back. */
  long surplus(long unused) {
    return unused > 2L * step ? unused - step : 0;
  }

  void release(long keys) {
    if (keys > 0) {
      left.addAndGet(keys);
    }
  }
}
