package io.traffik.redis.async;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.traffik.spi.DaemonTimer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/** Deadlines while an application keeps the common pool busy. */
@Isolated
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class DeadlinesTest {

  private static final long TIMEOUT_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /** More than the spare threads that the pool may start for blocked ones. */
  private static final int TASKS = 256;

  private final CountDownLatch released = new CountDownLatch(1);

  @BeforeEach
  void occupyCommonPool() {
    for (int task = 0; task < TASKS; task++) {
      ForkJoinPool.commonPool().execute(this::block);
    }
  }

  private void block() {
    try {
      released.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @AfterEach
  void releaseCommonPool() {
    released.countDown();
  }

  @Test
  void s4_callsEndAtTheirDeadline() throws InterruptedException {
    DeadlineQueue queue = new DeadlineQueue(TIMEOUT_NANOS);
    for (int round = 0; round < 2; round++) {
      CountDownLatch timedOut = new CountDownLatch(2);
      queue.add(new DeadlineQueue.Entry(timedOut::countDown));
      queue.add(new DeadlineQueue.Entry(timedOut::countDown));
      timedOut.await();
    }
  }

  /** A call must end even if no thread can be started. */
  @Test
  void s4_anActionRunsOnThisThreadIfNoOtherStarts() {
    CountDownLatch timedOut = new CountDownLatch(1);
    assertThatCode(() -> DaemonTimer.executeOrRun(DeadlinesTest::failToStart, timedOut::countDown))
        .doesNotThrowAnyException();
    assertThat(timedOut.getCount()).isZero();
  }

  @Test
  void s4_callsEndAtTheirDeadlineIfNoThreadStarts() {
    DeadlineQueue queue = new DeadlineQueue(TIMEOUT_NANOS, DeadlinesTest::failToStart);
    for (int round = 0; round < 2; round++) {
      CompletableFuture<String> timedOut = new CompletableFuture<>();
      queue.add(new DeadlineQueue.Entry(() -> timedOut.complete(Thread.currentThread().getName())));
      assertThat(timedOut)
          .succeedsWithin(20, TimeUnit.SECONDS)
          .asString()
          .startsWith("traffik-timer-");
    }
  }

  /** The exception reaches the timer, which must continue for other calls. */
  @Test
  void s4_laterCallsEndAfterAnActionThrows() throws InterruptedException {
    DeadlineQueue queue = new DeadlineQueue(TIMEOUT_NANOS, DeadlinesTest::failToStart);
    for (int round = 0; round < 2; round++) {
      CountDownLatch timedOut = new CountDownLatch(1);
      queue.add(
          new DeadlineQueue.Entry(
              () -> {
                timedOut.countDown();
                throw new StackOverflowError();
              }));
      timedOut.await();
    }
  }

  /** Both calls have timed out when the timer runs, so one task runs both actions. */
  @Test
  void s4_theRestOfABatchEndsAfterAnActionThrows() throws InterruptedException {
    DeadlineQueue queue = new DeadlineQueue(0);
    CountDownLatch timedOut = new CountDownLatch(1);
    queue.add(
        new DeadlineQueue.Entry(
            () -> {
              throw new StackOverflowError();
            }));
    queue.add(new DeadlineQueue.Entry(timedOut::countDown));
    timedOut.await();
  }

  private static void failToStart(Runnable task) {
    throw new OutOfMemoryError("unable to create native thread");
  }

  @Test
  void s4_otherFuturesEndAtTheirDeadline() {
    assertThat(
            Deadlines.orTimeout(new CompletableFuture<>(), TIMEOUT_NANOS)
                .handle((value, thrown) -> thrown))
        .succeedsWithin(20, TimeUnit.SECONDS)
        .isInstanceOf(Deadlines.DeadlineExceededException.class);
  }
}
