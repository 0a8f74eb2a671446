package io.traffik.tck.backend;

import static io.traffik.tck.backend.BackendFixture.slow;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.spi.QuotaPolicy;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Asynchronous decisions: the same answers, without holding up the caller: T7. */
interface AsyncRules {

  @Test
  default void t7_decideAsyncDecidesOnce(BackendFixture fixture) {
    BucketOracle client = fixture.client(slow(10), slow(20)).exact();
    for (Operation operation : List.of(Operation.HIT, Operation.PEEK, Operation.REFUND)) {
      client.call(operation, 2, EntryPoint.DECIDE_ASYNC);
      client.peek(0);
    }
  }

  /**
   * A caller that is held up waits for another thread, which the JVM counts. Waits inside the
   * operating system, for a socket say, are not counted: {@link BackendContract#stall} shows those.
   */
  @Test
  default void t7_decideAsyncDoesNotBlockTheCaller(BackendFixture fixture) throws Exception {
    Backend backend = fixture.backend();
    int questions = 200;
    long waits = ConcurrentRunner.sum(1, thread -> waitsOfCaller(backend, questions));
    Assert.that(
        waits < questions / 4,
        () -> "the caller of decideAsync waited " + waits + " times in " + questions + " calls");
  }

  private static long waitsOfCaller(Backend backend, int questions) {
    QuotaPolicy policy = BackendFixture.policy(slow(10));
    List<CompletionStage<long[]>> stages = new ArrayList<>();
    // What is set up by the first call is none of the others' waits.
    EntryPoint.await(backend.decideAsync(Operation.HIT, policy, "client", "", 1));
    long before = waits();
    for (int i = 0; i < questions; i++) {
      stages.add(backend.decideAsync(Operation.HIT, policy, "client", "", 1));
    }
    long waits = waits() - before;
    stages.forEach(EntryPoint::await);
    return waits;
  }

  private static long waits() {
    ThreadInfo caller =
        ManagementFactory.getThreadMXBean().getThreadInfo(Thread.currentThread().getId());
    return caller.getWaitedCount();
  }

  @Test
  default void t7_aStalledStoreDoesNotBlockTheCaller(BackendFixture fixture) throws Exception {
    Backend backend = fixture.backend();
    QuotaPolicy policy = BackendFixture.policy(slow(10));
    EntryPoint.await(backend.decideAsync(Operation.HIT, policy, "client", "", 1));
    List<CompletionStage<?>> stages = new ArrayList<>();
    Runnable release = fixture.stall();
    Thread caller =
        new Thread(
            () -> {
              for (int i = 0; i < 50; i++) {
                stages.add(backend.decideAsync(Operation.HIT, policy, "client", "", 1));
              }
            },
            "caller of decideAsync");
    caller.start();
    caller.join(TimeUnit.SECONDS.toMillis(EntryPoint.TIMEOUT_SECONDS / 10));
    boolean returned = !caller.isAlive();
    if (release != null) {
      release.run();
    }
    caller.join(TimeUnit.SECONDS.toMillis(EntryPoint.TIMEOUT_SECONDS));
    Assert.that(
        returned, () -> "50 calls of decideAsync did not return while the store did not answer");
    assertEquals(50, stages.size(), "calls of decideAsync that returned a stage");
    stages.forEach(EntryPoint::await);
  }
}
