package io.traffik.tck.backend;

import static io.traffik.tck.backend.BackendFixture.slow;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/** Asynchronous decisions have the same results and do not block the caller: T7. */
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
   * Counts waits for other threads, which the JVM reports. It does not report waits inside the
   * operating system, for example for a socket; {@link BackendContract#stall} finds those.
   */
  @Test
  default void t7_decideAsyncDoesNotBlockTheCaller(BackendFixture fixture) throws Exception {
    Backend backend = fixture.backend();
    int calls = 200;
    long waits = ConcurrentTasks.sum(1, thread -> waitsOfCaller(backend, calls));
    Assert.that(
        waits < calls / 4,
        () ->
            "decideAsync must not block its caller, but it waited "
                + waits
                + " times in "
                + calls
                + " calls");
  }

  private static long waitsOfCaller(Backend backend, int calls) {
    QuotaPolicy policy = BackendFixture.policy(slow(10));
    List<CompletionStage<long[]>> stages = new ArrayList<>();
    // The first call may wait for resources to be set up.
    EntryPoint.await(backend.decideAsync(new BackendCall(Operation.HIT, policy, "client", "", 1)));
    long before = waits();
    for (int i = 0; i < calls; i++) {
      stages.add(backend.decideAsync(new BackendCall(Operation.HIT, policy, "client", "", 1)));
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
    assertStallDoesNotBlock(fixture, "decideAsync", Backend::decideAsync);
  }

  @Test
  default void b15_t7_aStalledStoreDoesNotBlockTheCallerOfABatch(BackendFixture fixture)
      throws Exception {
    assertStallDoesNotBlock(
        fixture,
        "decideAllAsync",
        (backend, call) -> backend.decideAllAsync(Collections.nCopies(3, call)));
  }

  private static void assertStallDoesNotBlock(
      BackendFixture fixture,
      String method,
      BiFunction<Backend, BackendCall, CompletionStage<?>> decide)
      throws InterruptedException {
    Backend backend = fixture.backend();
    BackendCall call =
        new BackendCall(Operation.HIT, BackendFixture.policy(slow(10)), "client", "", 1);
    EntryPoint.await(decide.apply(backend, call));
    List<CompletionStage<?>> stages = new ArrayList<>();
    Runnable release = fixture.stall();
    Thread caller =
        new Thread(
            () -> {
              for (int i = 0; i < 50; i++) {
                stages.add(decide.apply(backend, call));
              }
            },
            "caller of " + method);
    caller.start();
    caller.join(TimeUnit.SECONDS.toMillis(EntryPoint.TIMEOUT_SECONDS / 10));
    boolean returned = !caller.isAlive();
    if (release != null) {
      release.run();
    }
    caller.join(TimeUnit.SECONDS.toMillis(EntryPoint.TIMEOUT_SECONDS));
    Assert.that(
        returned,
        () -> method + " must return while the store is stalled, but 50 calls did not return");
    assertEquals(50, stages.size(), () -> "calls of " + method + " that returned a stage");
    stages.forEach(EntryPoint::await);
  }
}
