package io.traffik.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.BackendException;
import io.traffik.ConfigurationException;
import io.traffik.Rate;
import io.traffik.memory.Policies;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Opening, resetting and closing a backend. */
class CompareAndSetLifecycleTest {

  private final SettableWallClock time = new SettableWallClock();
  private final TestStore store = new TestStore(time);
  private final FaultyStoreBackend backend = new FaultyStoreBackend("app", store, time);

  @Test
  void l1_isReadyWhenBuiltAndOpeningItIsIdempotent() {
    assertThat(TestStoreBackend.hit(backend)).isTrue();
    backend.open();
    backend.open();
    assertThat(TestStoreBackend.hit(backend)).isFalse();
    assertThat(backend.calls).containsExactly("open", "read", "open", "open", "read");
  }

  @Test
  void l1_theStoreIsOpenedBeforeItsFirstUse() {
    backend.reset();
    assertThat(TestStoreBackend.hit(backend)).isTrue();
    assertThat(hitAsync()).isCompletedWithValueMatching(margins -> margins[0] < 0);
    assertThat(backend.calls).containsExactly("open", "removeAll app|", "read", "read");
  }

  @Test
  void l1_asynchronousDecisionsOpenTheStoreAsWell() {
    assertThat(hitAsync()).isCompletedWithValueMatching(margins -> margins[0] >= 0);
    assertThat(hitAsync()).isCompletedWithValueMatching(margins -> margins[0] < 0);
    assertThat(backend.calls).containsExactly("open", "read", "read");
  }

  @Test
  void l1_aStoreThatFailedToOpenIsOpenedAgain() {
    backend.failure = new IOException("no server");
    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(() -> TestStoreBackend.hit(backend))
        .withCause(backend.failure);
    assertThat(hitAsync()).isCompletedExceptionally();
    backend.failure = null;
    assertThat(TestStoreBackend.hit(backend)).isTrue();
    assertThat(backend.calls).containsExactly("open", "open", "open", "read");
  }

  @Test
  void l1_concurrentDecisionsShareOneAttemptToOpen() throws Exception {
    CountDownLatch opening = new CountDownLatch(1);
    CountDownLatch finish = new CountDownLatch(1);
    AtomicInteger attempts = new AtomicInteger();
    TestStoreBackend slow =
        new TestStoreBackend("app", store, time) {
          @Override
          protected void openStore() throws InterruptedException {
            attempts.incrementAndGet();
            opening.countDown();
            finish.await();
          }
        };
    CompletableFuture<Boolean> first =
        CompletableFuture.supplyAsync(
            () -> TestStoreBackend.hit(slow), task -> new Thread(task).start());
    opening.await();
    CompletableFuture<?> second =
        CompletableFuture.runAsync(slow::reset, task -> new Thread(task).start());
    assertThat(second).isNotCompleted();
    finish.countDown();
    assertThat(first.join()).isTrue();
    second.join();
    assertThat(attempts).hasValue(1);
  }

  private CompletableFuture<long[]> hitAsync() {
    return backend
        .decideAsync(new BackendCall(Operation.HIT, TestStoreBackend.ONE, "client", "", 1))
        .toCompletableFuture();
  }

  @Test
  void l1_aStoreThatFailsToOpenIsABackendException() {
    backend.failure = new IOException("no server");
    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(backend::open)
        .withMessage(
            "The store of backend \"app\" is not usable. Check its address, its schema and the"
                + " permissions: java.io.IOException: no server")
        .withCause(backend.failure);
  }

  @Test
  void l1_aMistakeThatTheStoreReportsIsAConfigurationException() {
    backend.failure = new ConfigurationException("wrong password");
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(backend::open)
        .isSameAs(backend.failure);
  }

  @Test
  void l1_missingParametersAreRejected() {
    assertThatNullPointerException()
        .isThrownBy(() -> new TestStoreBackend(null, store, time))
        .withMessage("namespace must not be null");
    assertThatNullPointerException()
        .isThrownBy(() -> new TestStoreBackend("app", store, null))
        .withMessage("clock must not be null");
    assertThatNullPointerException()
        .isThrownBy(() -> new TestStoreBackend("app", store, time, null))
        .withMessage("executor must not be null");
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> new TestStoreBackend("", store, time));
  }

  @Test
  void l2_resetRemovesOnlyItsOwnBuckets() {
    List<Backend> neighbours = new ArrayList<>();
    for (String name : List.of("appX", "app:", "app|", "App", "ap", "app|api", "ns%", "a_p")) {
      neighbours.add(new TestStoreBackend(name, store, time));
    }
    for (Backend neighbour : neighbours) {
      assertThat(TestStoreBackend.hit(neighbour)).isTrue();
    }
    assertThat(TestStoreBackend.hit(backend)).isTrue();
    backend.reset();
    assertThat(TestStoreBackend.hit(backend)).isTrue();
    assertThat(backend.resetAsync().toCompletableFuture()).isCompleted();
    assertThat(TestStoreBackend.hit(backend)).isTrue();
    for (Backend neighbour : neighbours) {
      assertThat(TestStoreBackend.hit(neighbour)).as(neighbour.namespace()).isFalse();
    }
  }

  @Test
  void k4_backendsOfOneNamespaceOnOneStoreShareBuckets() {
    assertThat(TestStoreBackend.hit(backend)).isTrue();
    assertThat(TestStoreBackend.hit(new TestStoreBackend("app", store, time))).isFalse();
  }

  @Test
  void l3_theStoreIsClosedOnce() {
    backend.close();
    backend.close();
    assertThat(backend.calls).containsExactly("close");
    assertThat(backend.namespace()).isEqualTo("app");
    assertThat(backend).hasToString("FaultyStoreBackend[app]");
  }

  @Test
  void l3_aFailureToCloseIsThrownOnce() {
    backend.failure = new IOException("stuck");
    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(backend::close)
        .withMessage("Backend \"app\" failed to close: java.io.IOException: stuck");
    assertThatCode(backend::close).doesNotThrowAnyException();
    assertThatIllegalStateException().isThrownBy(() -> TestStoreBackend.hit(backend));
  }

  @TestFactory
  Stream<DynamicTest> l3_useAfterCloseIsIllegalState() {
    QuotaPolicy two = Policies.of("two", Rate.perSecond(1), Rate.perSecond(2));
    backend.close();
    return Stream.of(
        rejectsUse(
            "decide", () -> backend.decide(new BackendCall(Operation.HIT, two, "client", "", 1))),
        rejectsUse(
            "decideSingle",
            () -> backend.decideSingle(Operation.PEEK, TestStoreBackend.ONE, "client", "", 1, 0)),
        rejectsUse("open", backend::open),
        rejectsUse("reset", backend::reset),
        rejectsUse(
            "decideAsync",
            () -> join(backend.decideAsync(new BackendCall(Operation.HIT, two, "client", "", 1)))),
        rejectsUse("resetAsync", () -> join(backend.resetAsync())));
  }

  private static DynamicTest rejectsUse(String name, ThrowingCallable use) {
    return DynamicTest.dynamicTest(
        name,
        () ->
            assertThatIllegalStateException()
                .isThrownBy(use)
                .withMessage("Backend \"app\" is closed. Create a new one."));
  }

  private static void join(CompletionStage<?> stage) throws Throwable {
    CompletableFuture<?> future = stage.toCompletableFuture();
    try {
      future.join();
    } catch (CompletionException e) {
      throw e.getCause();
    }
  }
}
