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
import io.traffik.spi.QuotaPolicy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Opening, resetting, closing, expiring, and stores that fail. */
class BackendLifeTest {

  private static final QuotaPolicy ONE = Policies.perYear(1);
  private static final String KEY = "app|api|client|";

  private final ManualTime time = new ManualTime();
  private final MapStore store = new MapStore(time);
  private final List<String> calls = new ArrayList<>();
  private final Recorded backend = new Recorded("app");

  /** Fails as told, and remembers what it was told to do. */
  private final class Recorded extends CompareAndSetBackend {

    Exception failure;
    Error error;
    Duration lastExpiry;

    Recorded(String namespace) {
      super(namespace, time, Runnable::run);
    }

    private void call(String name) throws Exception {
      calls.add(name);
      if (error != null) {
        throw error;
      }
      if (failure != null) {
        throw failure;
      }
    }

    @Override
    protected byte[] read(String key) throws Exception {
      call("read");
      return store.read(key);
    }

    @Override
    protected boolean compareAndSet(String key, byte[] expected, byte[] update, Duration expiry) {
      lastExpiry = expiry;
      return store.compareAndSet(key, expected, update, expiry);
    }

    @Override
    protected void removeAll(String prefix) throws Exception {
      call("removeAll " + prefix);
      store.removeAll(prefix);
    }

    @Override
    protected void openStore() throws Exception {
      call("open");
    }

    @Override
    protected void closeStore() throws Exception {
      call("close");
    }
  }

  @Test
  void l1_isReadyWhenBuiltAndOpeningItIsIdempotent() {
    assertThat(hit(backend)).isTrue();
    backend.open();
    backend.open();
    assertThat(hit(backend)).isFalse();
    assertThat(calls).containsExactly("read", "open", "open", "read");
  }

  @Test
  void l1_aStoreThatCannotBeOpenedIsAConfigurationException() {
    backend.failure = new IOException("no server");
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(backend::open)
        .withMessage("the store of backend \"app\" must be usable: java.io.IOException: no server")
        .withCause(backend.failure);
  }

  @Test
  void l2_resetRemovesItsOwnBucketsAndNoOthers() {
    List<Backend> others = new ArrayList<>();
    for (String name : List.of("appX", "app:", "app|", "App", "ap", "app|api", "ns%", "a_p")) {
      others.add(new MapStoreBackend(name, store, time));
    }
    for (Backend each : others) {
      assertThat(hit(each)).isTrue();
    }
    assertThat(hit(backend)).isTrue();
    backend.reset();
    assertThat(hit(backend)).isTrue();
    assertThat(backend.resetAsync().toCompletableFuture()).isCompleted();
    assertThat(hit(backend)).isTrue();
    for (Backend each : others) {
      assertThat(hit(each)).as(each.namespace()).isFalse();
    }
  }

  @Test
  void k4_backendsOfOneNamespaceOnOneStoreShareBuckets() {
    assertThat(hit(backend)).isTrue();
    assertThat(hit(new MapStoreBackend("app", store, time))).isFalse();
  }

  @Test
  void l3_closesWhatTheSubclassOpenedOnce() {
    backend.close();
    backend.close();
    assertThat(calls).containsExactly("close");
    assertThat(backend.namespace()).isEqualTo("app");
    assertThat(backend).hasToString("Recorded[app]");
  }

  @Test
  void l3_aFailureToCloseIsToldOnce() {
    backend.failure = new IOException("stuck");
    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(backend::close)
        .withMessage("backend \"app\" failed to close: java.io.IOException: stuck");
    assertThatCode(backend::close).doesNotThrowAnyException();
    assertThatIllegalStateException().isThrownBy(() -> hit(backend));
  }

  @TestFactory
  Stream<DynamicTest> l3_useAfterCloseIsIllegalState() {
    QuotaPolicy two = Policies.of("two", Rate.perSecond(1), Rate.perSecond(2));
    backend.close();
    return Stream.of(
        refused("decide", () -> backend.decide(Operation.HIT, two, "client", "", 1)),
        refused("decideSingle", () -> backend.decideSingle(Operation.PEEK, ONE, "client", "", 1)),
        refused("open", backend::open),
        refused("reset", backend::reset),
        refused(
            "decideAsync", () -> join(backend.decideAsync(Operation.HIT, two, "client", "", 1))),
        refused("resetAsync", () -> join(backend.resetAsync())));
  }

  private static DynamicTest refused(String what, ThrowingCallable use) {
    return DynamicTest.dynamicTest(
        what,
        () ->
            assertThatIllegalStateException()
                .isThrownBy(use)
                .withMessage("backend must not be used after close: \"app\""));
  }

  @Test
  void l1_whatIsMissingIsRefusedWhenBuilt() {
    assertThatNullPointerException()
        .isThrownBy(() -> new MapStoreBackend(null, store, time))
        .withMessage("namespace must not be null");
    assertThatNullPointerException()
        .isThrownBy(() -> new MapStoreBackend("app", store, null))
        .withMessage("clock must not be null");
    assertThatNullPointerException()
        .isThrownBy(() -> new MapStoreBackend("app", store, time, null))
        .withMessage("executor must not be null");
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> new MapStoreBackend("", store, time));
  }

  @Test
  void b10_aValueExpiresASecondAfterItsBucketsAreFull() {
    QuotaPolicy policy = Policies.of("api", Rate.perSecond(10), Rate.perMinute(60));
    backend.decide(Operation.HIT, policy, "client", "", 3);
    assertThat(backend.lastExpiry).isEqualTo(Duration.ofSeconds(4));
    time.advance(Duration.ofSeconds(1).plusNanos(1));
    backend.decide(Operation.HIT, policy, "client", "", 1);
    assertThat(backend.lastExpiry).as("rounded up").isEqualTo(Duration.ofSeconds(4));
    backend.decide(Operation.REFUND, policy, "client", "", 60);
    assertThat(backend.lastExpiry).isEqualTo(Duration.ofSeconds(1));
    time.advance(Duration.ofSeconds(1));
    assertThat(store.keys()).isEmpty();
  }

  /** Its clock has to reach the last write before the bucket refills by it. */
  @Test
  void b4_b10_aValueIsKeptUntilItsBucketsAreFullByTheClockOfTheHostThatWroteIt() {
    QuotaPolicy policy = Policies.of("api", Rate.perMinute(60));
    time.advance(Duration.ofDays(1));
    backend.decideSingle(Operation.HIT, policy, "client", "", 3);
    time.advance(Duration.ofSeconds(-20));
    backend.decideSingle(Operation.HIT, policy, "client", "", 1);
    assertThat(backend.lastExpiry).isEqualTo(Duration.ofSeconds(3 + 1 + 20 + 1));
  }

  @Test
  void b2_b10_whatChangesNothingWritesNothing() {
    backend.decideSingle(Operation.PEEK, ONE, "client", "", 1);
    backend.decideSingle(Operation.REFUND, ONE, "client", "", 1);
    backend.decideSingle(Operation.HIT, ONE, "client", "", 0);
    assertThat(store.keys()).isEmpty();
    hit(backend);
    hit(backend);
    backend.decideSingle(Operation.PEEK, ONE, "client", "", 1);
    backend.decideSingle(Operation.HIT, ONE, "client", "", 0);
    assertThat(store.writes).hasValue(1);
  }

  @Test
  void b2_b11_aDenialCarriesTheBucketOverToAChangedRate() {
    backend.decideSingle(Operation.HIT, Policies.of("api", Rate.perHour(10)), "client", "", 10);
    QuotaPolicy perSecond = Policies.of("api", Rate.perSecond(10));
    assertThat(backend.decideSingle(Operation.PEEK, perSecond, "client", "", 1))
        .isEqualTo(-100_000_000);
    assertThat(store.writes).hasValue(2);
    time.advance(100_000_000);
    assertThat(backend.decideSingle(Operation.HIT, perSecond, "client", "", 1)).isZero();
  }

  @Test
  void s5_aValueThatIsNotOursFailsAndIsNotTouched() {
    byte[] foreign = "something else".getBytes(StandardCharsets.UTF_8);
    store.put(KEY, foreign);
    for (Operation operation : Operation.values()) {
      assertThatExceptionOfType(BackendException.class)
          .isThrownBy(() -> backend.decideSingle(operation, ONE, "client", "", 1))
          .withMessage(
              "the value of key \"app|api|client|\" must be one that this backend wrote, byte for"
                  + " byte: 14 bytes with a wrong checksum; remove it, or give the backend a"
                  + " namespace of its own");
    }
    assertThat(store.read(KEY)).isSameAs(foreign);
    backend.reset();
    assertThat(hit(backend)).isTrue();
  }

  @Test
  void s5_aStoreThatChangesBytesIsFoundOutAtTheSecondHit() {
    hit(backend);
    store.put(
        KEY, new String(store.read(KEY), StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8));
    assertThatExceptionOfType(BackendException.class).isThrownBy(() -> hit(backend));
  }

  @Test
  void t4_whatAStoreThrowsIsABackendException() {
    for (Exception failure :
        List.of(new IOException("gone"), new IllegalStateException("pool closed"))) {
      backend.failure = failure;
      for (ThrowingCallable ask : asking()) {
        assertThatExceptionOfType(BackendException.class)
            .isThrownBy(ask)
            .withMessage("the store of backend \"app\" failed: " + failure)
            .withCause(failure);
      }
      assertThatExceptionOfType(BackendException.class)
          .isThrownBy(backend::reset)
          .withMessage("backend \"app\" failed to reset: " + failure)
          .withCause(failure);
    }
    backend.failure = null;
    assertThat(hit(backend)).isTrue();
  }

  @Test
  void t4_backendExceptionsAndErrorsOfAStorePassAsTheyAre() {
    BackendException own = new BackendException("own words");
    backend.failure = own;
    for (ThrowingCallable ask : asking()) {
      assertThatCode(ask).isSameAs(own);
    }
    assertThatCode(backend::reset).isSameAs(own);
    backend.error = new NoClassDefFoundError("driver");
    for (ThrowingCallable ask : asking()) {
      assertThatCode(ask).isSameAs(backend.error);
    }
  }

  @Test
  void t4_anInterruptedStoreLeavesTheThreadInterrupted() {
    backend.failure = new InterruptedException("stopped");
    assertThatExceptionOfType(BackendException.class).isThrownBy(() -> hit(backend));
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void t7_unlessToldAsynchronousDecisionsRunElsewhere() throws Throwable {
    List<Thread> threads = new ArrayList<>();
    Backend shared =
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
    join(shared.decideAsync(Operation.HIT, ONE, "client", "", 1));
    join(shared.resetAsync());
    assertThat(threads).hasSize(2).doesNotContain(Thread.currentThread());
  }

  /** A hit in each of the ways. */
  private List<ThrowingCallable> asking() {
    return List.of(
        () -> hit(backend), () -> join(backend.decideAsync(Operation.HIT, ONE, "client", "", 1)));
  }

  private static boolean hit(Backend backend) {
    return backend.decideSingle(Operation.HIT, ONE, "client", "", 1) >= 0;
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
