package io.traffik.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/** Who ends what takes too long, while an application keeps the common pool busy. */
@Isolated
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class DeadlinesTest {

  private static final long NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /** More than the pool may start in place of those that wait. */
  private static final int TASKS = 256;

  private final CountDownLatch end = new CountDownLatch(1);

  @BeforeEach
  void occupy() {
    for (int task = 0; task < TASKS; task++) {
      ForkJoinPool.commonPool().execute(this::hold);
    }
  }

  private void hold() {
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @AfterEach
  void leave() {
    end.countDown();
  }

  @Test
  void s4_callsEndAtTheirDeadline() throws InterruptedException {
    DeadlineQueue queue = new DeadlineQueue(NANOS);
    for (int round = 0; round < 2; round++) {
      CountDownLatch late = new CountDownLatch(2);
      queue.join(new DeadlineQueue.Place(late::countDown));
      queue.join(new DeadlineQueue.Place(late::countDown));
      late.await();
    }
  }

  /** That no thread can be started is no reason to wait for ever. */
  @Test
  void s4_whatNobodyCanBeToldByAnotherThreadIsToldByThisOne() {
    CountDownLatch told = new CountDownLatch(1);
    assertThatCode(() -> Deadlines.tell(DeadlinesTest::startNone, told::countDown))
        .doesNotThrowAnyException();
    assertThat(told.getCount()).isZero();
  }

  @Test
  void s4_callsEndAtTheirDeadlineWhereNoThreadStarts() {
    DeadlineQueue queue = new DeadlineQueue(NANOS, DeadlinesTest::startNone);
    for (int round = 0; round < 2; round++) {
      CompletableFuture<String> told = new CompletableFuture<>();
      queue.join(new DeadlineQueue.Place(() -> told.complete(Thread.currentThread().getName())));
      assertThat(told).succeedsWithin(20, TimeUnit.SECONDS).isEqualTo("traffik-redis-deadlines");
    }
  }

  /** What it throws ends up with the timer, which has to go on for the others. */
  @Test
  void s4_aCallThatCannotBeToldIsNotTheLastToEnd() throws InterruptedException {
    DeadlineQueue queue = new DeadlineQueue(NANOS, DeadlinesTest::startNone);
    for (int round = 0; round < 2; round++) {
      CountDownLatch late = new CountDownLatch(1);
      queue.join(
          new DeadlineQueue.Place(
              () -> {
                late.countDown();
                throw new StackOverflowError();
              }));
      late.await();
    }
  }

  /** They are told by one task, as both are late when the timer looks. */
  @Test
  void s4_aCallThatCannotBeToldHoldsUpNoneOfThoseBehindIt() throws InterruptedException {
    DeadlineQueue queue = new DeadlineQueue(0);
    CountDownLatch late = new CountDownLatch(1);
    queue.join(
        new DeadlineQueue.Place(
            () -> {
              throw new StackOverflowError();
            }));
    queue.join(new DeadlineQueue.Place(late::countDown));
    late.await();
  }

  private static void startNone(Runnable task) {
    throw new OutOfMemoryError("unable to create native thread");
  }

  @Test
  void s4_allElseEndsAtItsDeadline() {
    assertThat(Deadlines.limit(new CompletableFuture<>(), NANOS).handle((value, thrown) -> thrown))
        .succeedsWithin(20, TimeUnit.SECONDS)
        .isInstanceOf(Deadlines.Late.class);
  }
}
