package io.traffik.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class SpinLockTest {

  private static final int THREADS = 8;
  private static final int TURNS = 20_000;

  private final SpinLock lock = new SpinLock();
  private long count;

  @Test
  void keepsAllOthersOut() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        all.add(threads.submit(this::countUp));
      }
      for (Future<?> one : all) {
        one.get(1, TimeUnit.MINUTES);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(count).isEqualTo((long) THREADS * TURNS);
  }

  private void countUp() {
    for (int i = 0; i < TURNS; i++) {
      lock.lock();
      try {
        count++;
      } finally {
        lock.held = 0;
      }
    }
  }

  @Test
  void isNotTakenTwice() {
    assertThat(lock.tryLock()).isTrue();
    assertThat(lock.tryLock()).isFalse();
    lock.held = 0;
    assertThat(lock.tryLock()).isTrue();
  }

  @Test
  void letsAnInterruptedThreadWaitAndStayInterrupted() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    boolean[] interrupted = new boolean[1];
    Thread waiting =
        new Thread(
            () -> {
              Thread.currentThread().interrupt();
              begun.countDown();
              lock.lock();
              interrupted[0] = Thread.interrupted();
              lock.held = 0;
            });
    lock.lock();
    waiting.start();
    begun.await();
    lock.held = 0;
    waiting.join();
    assertThat(interrupted[0]).isTrue();
  }
}
