package io.traffik.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.BackendClosedException;
import io.traffik.BackendException;
import io.traffik.ConfigurationException;
import io.traffik.ConnectionView;
import io.traffik.Decision;
import io.traffik.Identity;
import io.traffik.OverloadException;
import io.traffik.Rate;
import io.traffik.Throttle;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls of a store that hangs. */
final class DeadlineBackendTest {

  private static final Duration SHORT = Duration.ofMillis(20);
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Executor NEW_THREAD = task -> new Thread(task).start();

  private final HangingBackend store = new HangingBackend();

  @AfterEach
  void release() {
    store.release();
  }

  private static BackendCall hit(String client) {
    QuotaPolicy policy = QuotaPolicy.of("api", List.of(Rate.parse("1000/h")));
    return new BackendCall(Operation.HIT, policy, client, "", 1);
  }

  private static Throwable failureOf(CompletionStage<?> stage) {
    return BackendException.unwrap(catchThrowable(() -> stage.toCompletableFuture().join()));
  }

  @Test
  void f1_everyCallOfAHangingStoreFailsAtTheDeadline() {
    DeadlineBackend backend = DeadlineBackend.over(store, SHORT);
    store.hang();
    List<BackendCall> batch = List.of(hit("a"), hit("b"));
    Map<String, ThrowingCallable> calls =
        Map.of(
            "decide", () -> backend.decide(hit("a")),
            "decideSingle",
                () -> backend.decideSingle(Operation.HIT, hit("a").policy(), "a", "", 1, 0),
            "decideAll", () -> backend.decideAll(batch),
            "decideTogether", () -> backend.decideTogether(batch));
    calls.forEach(
        (name, call) ->
            assertThatThrownBy(call)
                .as(name)
                .isInstanceOf(BackendException.class)
                .hasMessageStartingWith("Backend \"hanging\" gave no answer within 20 ms."));
    Map<String, Supplier<CompletionStage<?>>> stages =
        Map.of(
            "decideAsync", () -> backend.decideAsync(hit("a")),
            "decideAllAsync", () -> backend.decideAllAsync(batch),
            "decideTogetherAsync", () -> backend.decideTogetherAsync(batch));
    stages.forEach(
        (name, stage) ->
            assertThat(failureOf(stage.get())).as(name).isInstanceOf(BackendException.class));
  }

  @Test
  void f1_theFailurePolicyDecidesAboutAHangingStore() {
    Throttle api =
        Throttle.builder("api").rate("1/h").backend(DeadlineBackend.over(store, SHORT)).build();
    store.hang();
    Decision decision = api.hit(ConnectionView.of(Identity.of("client")));
    assertThat(decision.allowed() && decision.degraded()).isTrue();
  }

  @Test
  void f6_aClientCannotOccupyAllThreads() {
    DeadlineBackend backend = DeadlineBackend.over(store, LONG);
    store.hang();
    List<CompletableFuture<long[]>> waiting = new ArrayList<>();
    for (int i = 0; i < BlockingCalls.MAX_CALLS / 2; i++) {
      waiting.add(CompletableFuture.supplyAsync(() -> backend.decide(hit("flood")), NEW_THREAD));
    }
    awaitCalls(BlockingCalls.MAX_CALLS / 2);
    assertThatExceptionOfType(OverloadException.class)
        .isThrownBy(() -> backend.decide(hit("flood")))
        .withMessageStartingWith("Too many blocking calls of backend \"hanging\": 128 of 256");
    waiting.add(CompletableFuture.supplyAsync(() -> backend.decide(hit("other")), NEW_THREAD));
    awaitCalls(BlockingCalls.MAX_CALLS / 2 + 1);
    store.release();
    waiting.forEach(CompletableFuture::join);
  }

  private void awaitCalls(int expected) {
    while (store.calls.get() < expected) {
      Thread.onSpinWait();
    }
  }

  @Test
  void f1_f6_callsBeyondTheThreadsOfAStoreThatHangsAreFailures() throws Exception {
    BlockingCalls calls = new BlockingCalls("store", SHORT);
    store.hang();
    Supplier<long[]> hanging = () -> store.decide(hit("flood"));
    List<CompletableFuture<?>> late = new ArrayList<>();
    for (int i = 0; i < BlockingCalls.MAX_CALLS / 2; i++) {
      late.add(CompletableFuture.runAsync(() -> calls.call("flood", hanging), NEW_THREAD));
    }
    late.forEach(call -> assertThat(failureOf(call)).isInstanceOf(BackendException.class));
    assertThat(calls.lateCalls()).isEqualTo(BlockingCalls.MAX_CALLS / 2);
    Throwable refused = null;
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!(refused instanceof BackendException) && System.nanoTime() < end) {
      refused = catchThrowable(() -> calls.call("flood", hanging));
    }
    assertThat(refused).isInstanceOf(BackendException.class).hasMessageContaining("hangs");
    assertThat(calls.call("other", () -> "answer")).isEqualTo("answer");
    assertThatThrownBy(() -> calls.call("flood", hanging))
        .as("the store answers others")
        .isInstanceOf(OverloadException.class);
    store.release();
    while (calls.lateCalls() > 0) {
      Thread.onSpinWait();
    }
    // The thread that was late last frees its place after it has been counted.
    String answer = null;
    while (answer == null) {
      answer = answerOf(calls);
    }
    assertThat(answer).isEqualTo("answer");
  }

  /** A store that nobody asks is silent, too. The surplus of the next burst is overload. */
  @Test
  void f6_timeWithoutCallsDoesNotCountAsHanging() {
    Duration deadline = Duration.ofMillis(200);
    BlockingCalls calls = new BlockingCalls("store", deadline);
    store.hang();
    Supplier<long[]> hanging = () -> store.decide(hit("flood"));
    assertThatThrownBy(() -> calls.call("flood", SHORT, hanging))
        .isInstanceOf(BackendException.class);
    long quietUntil = System.nanoTime() + 3 * deadline.toNanos();
    while (System.nanoTime() < quietUntil) {
      Thread.onSpinWait();
    }
    List<CompletableFuture<?>> burst = new ArrayList<>();
    for (int i = 0; i < BlockingCalls.MAX_CALLS / 2; i++) {
      burst.add(CompletableFuture.runAsync(() -> calls.call("flood", LONG, hanging), NEW_THREAD));
    }
    awaitCalls(BlockingCalls.MAX_CALLS / 2);
    assertThatThrownBy(() -> calls.call("flood", LONG, hanging))
        .isInstanceOf(OverloadException.class);
    store.release();
    burst.forEach(call -> call.handle((done, thrown) -> done).join());
  }

  private static String answerOf(BlockingCalls calls) {
    try {
      return calls.call("flood", () -> "answer");
    } catch (OverloadException e) {
      return null;
    }
  }

  @Test
  void f1_exceptionsAndErrorsPassUnchanged() {
    DeadlineBackend backend = DeadlineBackend.over(store, LONG);
    for (Throwable thrown :
        List.of(
            new BackendException("gone"),
            new IllegalStateException("pool"),
            new BackendClosedException("hanging"),
            new OutOfMemoryError())) {
      store.failure = thrown;
      assertThatThrownBy(() -> backend.decide(hit("a"))).isSameAs(thrown);
      assertThat(failureOf(backend.decideAsync(hit("a")))).isSameAs(thrown);
    }
  }

  @Test
  void f1_anInterruptedThreadGetsTheAnswerAndStaysInterrupted() {
    DeadlineBackend backend = DeadlineBackend.over(store, LONG);
    Function<DeadlineBackend, Boolean> interrupted =
        target -> {
          Thread.currentThread().interrupt();
          target.decide(hit("a"));
          return Thread.interrupted();
        };
    assertThat(CompletableFuture.supplyAsync(() -> interrupted.apply(backend), NEW_THREAD).join())
        .isTrue();
    long[] peeked = store.memory().decide(hit("a").with(Operation.PEEK, 0, 0));
    assertThat(peeked[0] / hit("a").policy().rate(0).nanosPerToken()).isEqualTo(999);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "PT-1S", "PT1H0.001S"})
  void l1_aDeadlineOutOfRangeIsRejected(String deadline) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> DeadlineBackend.over(store, Duration.parse(deadline)))
        .withMessageStartingWith("deadline must be above zero and at most one hour: " + deadline);
  }

  /** Calls that no thread has executed are surplus, whatever the failure policy. */
  @Test
  void f6_asynchronousCallsThatNoThreadExecutedAreOverload() {
    Backend blocking =
        new Backend() {
          @Override
          public String namespace() {
            return "blocking";
          }

          @Override
          public long[] decide(BackendCall call) {
            return store.decide(call);
          }

          @Override
          public void reset() {}

          @Override
          public void close() {}
        };
    DeadlineBackend backend = DeadlineBackend.over(blocking, SHORT);
    store.hang();
    List<CompletionStage<long[]>> calls = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      calls.add(backend.decideAsync(hit("client")));
    }
    List<Throwable> failures = calls.stream().map(DeadlineBackendTest::failureOf).toList();
    assertThat(failures).hasOnlyElementsOfTypes(BackendException.class, OverloadException.class);
    int threads = Math.max(8, 4 * Runtime.getRuntime().availableProcessors());
    assertThat(failures.stream().filter(failure -> !(failure instanceof OverloadException)))
        .hasSizeLessThanOrEqualTo(threads);
  }
}
