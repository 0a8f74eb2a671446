package io.traffik.tck.backend;

import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Threads that go for twice as many tokens as there are, and again for those of the next client:
 * races are about the last token, so there are many last tokens.
 */
record LastTokenRace(int threads) {

  /** What a thread gets in a round. */
  interface Hits {

    /** Asks so often for one token; returns how often it was granted. */
    long granted(int thread, int round, int attempts);
  }

  static final int ROUNDS = 12;

  private static final int ATTEMPTS = 128;

  /** What there is in each round. */
  long capacity() {
    return (long) threads * attempts() / 2;
  }

  private int attempts() {
    return Math.max(4, ATTEMPTS / threads);
  }

  /** What all threads together were granted, by round. */
  AtomicLongArray run(Hits hits) throws InterruptedException {
    AtomicLongArray granted = new AtomicLongArray(ROUNDS);
    CyclicBarrier start = new CyclicBarrier(threads);
    ConcurrentRunner.run(
        threads,
        thread -> {
          for (int round = 0; round < ROUNDS; round++) {
            await(start);
            granted.addAndGet(round, hits.granted(thread, round, attempts()));
          }
        });
    return granted;
  }

  private static void await(CyclicBarrier start) {
    try {
      start.await(EntryPoint.TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (BrokenBarrierException | TimeoutException e) {
      throw new AssertionError("another thread had no answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
