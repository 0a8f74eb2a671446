package io.traffik.memory;

import java.util.concurrent.locks.AbstractQueuedSynchronizer;

/**
 * A lock for what takes microseconds, not reentrant, that does not stay with a thread whose stack
 * ends as it takes it. {@link java.util.concurrent.locks.ReentrantLock} takes from a reserve of the
 * stack then, and throws when it already has the lock; this one has it by its last step, and calls
 * nothing deeper to give it back. Only a thread that has to wait in line goes deeper.
 */
final class BriefLock {

  /** How often it is tried before a thread rests: about a microsecond. */
  private static final int SPINS = 64;

  private final Sync sync = new Sync();

  /** Most hold it for less time than it takes to let a thread rest and wake it. */
  void lock() {
    for (int spins = 0; spins < SPINS; spins++) {
      if (sync.tryAcquire(1)) {
        return;
      }
      Thread.onSpinWait();
    }
    sync.acquire(1);
  }

  boolean tryLock() {
    return sync.tryAcquire(1);
  }

  void unlock() {
    sync.release(1);
  }

  @SuppressWarnings("serial") // by its superclass only
  private static final class Sync extends AbstractQueuedSynchronizer {

    @Override
    protected boolean tryAcquire(int one) {
      return compareAndSetState(0, one);
    }

    @Override
    protected boolean tryRelease(int one) {
      setState(0);
      return true;
    }
  }
}
