package io.traffik.tck.backend;

import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Threads that compete for the tokens of one client after another. They request twice the capacity.
 * Several clients make races for the last token more likely.
 */
record LastTokenRace(int threads) {

  /** The hits of one thread in one round. */
  interface Hits {

    /** Hits this many times at a cost of 1; returns the number of granted hits. */
    long granted(int thread, int round, int attempts);
  }

  static final int ROUNDS = 12;

  private static final int ATTEMPTS = 128;

  /** The capacity of a client's bucket. */
  long capacity() {
    return (long) threads * attempts() / 2;
  }

  private int attempts() {
    return Math.max(4, ATTEMPTS / threads);
  }

  /** Runs all rounds; returns the tokens granted to all threads, by round. */
  AtomicLongArray run(Hits hits) throws InterruptedException {
    AtomicLongArray granted = new AtomicLongArray(ROUNDS);
    CyclicBarrier start = new CyclicBarrier(threads);
    ConcurrentTasks.run(
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
      throw new AssertionError("another thread did not finish its round", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
