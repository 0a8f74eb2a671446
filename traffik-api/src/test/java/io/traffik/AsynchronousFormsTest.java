package io.traffik;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.spi.BackendCall;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every operation has an equivalent asynchronous form that does not block. */
final class AsynchronousFormsTest {

  private static final String BUCKET = " 192.0.2.1 GET /a ";

  /** Both forms of an operation, and the backend call that they make at a cost of 2 per hit. */
  private record FormPair(
      String expectedCall,
      BiFunction<Throttle, ConnectionView, Decision> sync,
      BiFunction<Throttle, ConnectionView, CompletionStage<Decision>> async) {

    @Override
    public String toString() {
      return expectedCall;
    }
  }

  static Stream<FormPair> operations() {
    return Stream.of(
        new FormPair("HIT" + BUCKET + 2, Throttle::hit, Throttle::hitAsync),
        new FormPair("HIT" + BUCKET + 3, (t, v) -> t.hit(v, 3), (t, v) -> t.hitAsync(v, 3)),
        new FormPair("HIT" + BUCKET + 2, Throttle::enforce, Throttle::enforceAsync),
        new FormPair("HIT" + BUCKET + 3, (t, v) -> t.enforce(v, 3), (t, v) -> t.enforceAsync(v, 3)),
        new FormPair(
            "HIT" + BUCKET + 2,
            (t, v) -> t.charge(v).decision(),
            (t, v) -> t.chargeAsync(v).thenApply(Charge::decision)),
        new FormPair(
            "HIT" + BUCKET + 3,
            (t, v) -> t.reserve(v, 3, Duration.ZERO).decision(),
            (t, v) -> t.reserveAsync(v, 3, Duration.ZERO).thenApply(Charge::decision)),
        new FormPair("PEEK" + BUCKET + 2, Throttle::peek, Throttle::peekAsync),
        new FormPair("PEEK" + BUCKET + 3, (t, v) -> t.peek(v, 3), (t, v) -> t.peekAsync(v, 3)),
        new FormPair("REFUND" + BUCKET + 2, Throttle::refund, Throttle::refundAsync),
        new FormPair(
            "REFUND" + BUCKET + 3, (t, v) -> t.refund(v, 3), (t, v) -> t.refundAsync(v, 3)));
  }

  private static Throttle throttle(@Nullable Backend backend) {
    ThrottleBuilder builder = Throttle.builder("api").rate("9/h").rate("90/day").cost(2);
    return backend == null ? builder.build() : builder.backend(backend).build();
  }

  @ParameterizedTest
  @MethodSource("operations")
  void t7_b12_bothFormsMakeTheSameCallAndDecision(FormPair operation) {
    MapBackend one = new MapBackend();
    MapBackend other = new MapBackend();
    throttle(one).hit(TestView.GET, 5);
    throttle(other).hit(TestView.GET, 5);
    Decision decision = operation.sync().apply(throttle(one), TestView.GET);
    CompletionStage<Decision> stage = operation.async().apply(throttle(other), TestView.GET);
    assertThat(stage.toCompletableFuture()).isCompleted();
    assertThat(stage.toCompletableFuture().join()).hasToString(decision.toString());
    assertThat(other.calls).isEqualTo(one.calls).last().isEqualTo(operation.expectedCall());
  }

  @ParameterizedTest
  @MethodSource("operations")
  void t7_asynchronousFormsDoNotWaitForTheBackend(FormPair operation) {
    PendingBackend pending = new PendingBackend();
    CompletionStage<Decision> stage = operation.async().apply(throttle(pending), TestView.GET);
    assertThat(stage.toCompletableFuture()).isNotDone();
    pending.margins.complete(new long[] {0, 0});
    assertThat(stage.toCompletableFuture()).isCompleted();
  }

  @ParameterizedTest
  @MethodSource("operations")
  void t7_asynchronousFormsThrowNothing(FormPair operation) {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    operation
        .async()
        .apply(throttle(null), TestView.GET)
        .whenComplete((decision, failure) -> thrown.set(failure));
    assertThat(thrown.get()).hasMessageContaining("No throttle backend configured");
  }

  @Test
  void t7_aBackendWithoutAsynchronousMethodsIsCalledOnAnotherThread() {
    AtomicReference<Thread> deciding = new AtomicReference<>();
    AtomicReference<Thread> resetting = new AtomicReference<>();
    Backend blocking =
        new MapBackend() {
          @Override
          public long[] decide(BackendCall call) {
            deciding.set(Thread.currentThread());
            return super.decide(call);
          }

          @Override
          public CompletionStage<long[]> decideAsync(BackendCall call) {
            return decideByDefault(
                call.operation(), call.policy(), call.identity(), call.scope(), call.cost());
          }

          @Override
          public void reset() {
            resetting.set(Thread.currentThread());
          }
        };
    assertThat(throttle(blocking).hitAsync(TestView.GET).toCompletableFuture().join().remaining())
        .isEqualTo(7);
    blocking.resetAsync().toCompletableFuture().join();
    assertThat(deciding.get()).isNotNull().isNotSameAs(Thread.currentThread());
    assertThat(resetting.get()).isNotNull().isNotSameAs(Thread.currentThread());
  }

  /** A backend that never completes by itself. Waiting for it fails the test. */
  private static final class PendingBackend extends MapBackend {

    private final CompletableFuture<long[]> margins =
        new CompletableFuture<>() {
          @Override
          public long[] get() {
            throw new AssertionError("waited for");
          }

          @Override
          public long[] join() {
            throw new AssertionError("waited for");
          }
        };

    @Override
    public long[] decide(BackendCall call) {
      throw new AssertionError("called synchronously");
    }

    @Override
    public CompletionStage<long[]> decideAsync(BackendCall call) {
      return margins;
    }
  }
}
