package io.traffik.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.BackendException;
import io.traffik.spi.BackendCall;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Stores that fail, or that return values which the backend did not write. */
class StoreFailureTest {

  private static final String KEY = "app|api|client|";

  private final SettableWallClock time = new SettableWallClock();
  private final TestStore store = new TestStore(time);
  private final FaultyStoreBackend backend = new FaultyStoreBackend("app", store, time);

  @Test
  void s5_aForeignValueFailsAndIsNotModified() {
    byte[] foreign = "something else".getBytes(StandardCharsets.UTF_8);
    store.put(KEY, foreign);
    for (Operation operation : Operation.values()) {
      assertThatExceptionOfType(BackendException.class)
          .isThrownBy(
              () ->
                  backend.decide(new BackendCall(operation, TestStoreBackend.ONE, "client", "", 1)))
          .withMessage(
              "The value of key \"app|api|client|\" is not one that this backend wrote: 14 bytes with a"
                  + " wrong checksum. Remove it, or choose another namespace for the backend.");
    }
    assertThat(store.read(KEY)).isSameAs(foreign);
    backend.reset();
    assertThat(TestStoreBackend.hit(backend)).isTrue();
  }

  @Test
  void s5_aStoreThatChangesBytesFailsTheSecondHit() {
    TestStoreBackend.hit(backend);
    store.put(
        KEY, new String(store.read(KEY), StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8));
    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(() -> TestStoreBackend.hit(backend));
  }

  @Test
  void t4_exceptionsOfAStoreBecomeBackendExceptions() {
    for (Exception failure :
        List.of(new IOException("gone"), new IllegalStateException("pool closed"))) {
      backend.failure = failure;
      for (ThrowingCallable hit : hits()) {
        assertThatExceptionOfType(BackendException.class)
            .isThrownBy(hit)
            .withMessage("The store of backend \"app\" failed: " + failure)
            .withCause(failure);
      }
      assertThatExceptionOfType(BackendException.class)
          .isThrownBy(backend::reset)
          .withMessage("Backend \"app\" failed to reset: " + failure)
          .withCause(failure);
    }
    backend.failure = null;
    assertThat(TestStoreBackend.hit(backend)).isTrue();
  }

  @Test
  void t4_backendExceptionsAndErrorsOfAStoreAreRethrown() {
    BackendException own = new BackendException("own message");
    backend.failure = own;
    for (ThrowingCallable hit : hits()) {
      assertThatCode(hit).isSameAs(own);
    }
    assertThatCode(backend::reset).isSameAs(own);
    backend.error = new NoClassDefFoundError("driver");
    for (ThrowingCallable hit : hits()) {
      assertThatCode(hit).isSameAs(backend.error);
    }
  }

  @Test
  void t4_anInterruptedStoreLeavesTheThreadInterrupted() {
    backend.failure = new InterruptedException("stopped");
    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(() -> TestStoreBackend.hit(backend));
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void t7_asynchronousDecisionsRunOnAnotherThreadByDefault() throws Throwable {
    List<Thread> threads = new ArrayList<>();
    Backend withDefaults =
        new CompareAndSetBackend("app", time) {
          @Override
          protected byte[] read(String key) {
            threads.add(Thread.currentThread());
            return store.read(key);
          }

          @Override
          protected boolean compareAndSet(
              String key, byte[] expected, byte[] update, Duration expiry) {
            return store.compareAndSet(key, expected, update, expiry);
          }

          @Override
          protected void removeAll(String prefix) {
            threads.add(Thread.currentThread());
            store.removeAll(prefix);
          }
        };
    join(
        withDefaults.decideAsync(
            new BackendCall(Operation.HIT, TestStoreBackend.ONE, "client", "", 1)));
    join(withDefaults.resetAsync());
    assertThat(threads).hasSize(2).doesNotContain(Thread.currentThread());
  }

  /** A blocking and an asynchronous hit. */
  private List<ThrowingCallable> hits() {
    return List.of(
        () -> TestStoreBackend.hit(backend),
        () ->
            join(
                backend.decideAsync(
                    new BackendCall(Operation.HIT, TestStoreBackend.ONE, "client", "", 1))));
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
