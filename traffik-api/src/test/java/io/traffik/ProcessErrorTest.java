package io.traffik;

import static io.traffik.GroupFixture.group;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.traffik.spi.BackendCall;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Errors that are no failure of a backend propagate, and let nothing wait for ever. */
final class ProcessErrorTest {

  private @Nullable Error error;
  private boolean inNamespace;

  private final MapBackend backend =
      new MapBackend() {
        @Override
        public long[] decide(BackendCall call) {
          throwError(!inNamespace);
          return super.decide(call);
        }

        @Override
        public String namespace() {
          throwError(inNamespace);
          return super.namespace();
        }
      };

  private void throwError(boolean here) {
    if (here && error != null) {
      throw error;
    }
  }

  private static Throwable thrown(CompletionStage<?> stage) {
    Throwable thrown = catchThrowable(() -> stage.toCompletableFuture().get(10, TimeUnit.SECONDS));
    return BackendException.unwrap(thrown);
  }

  @Test
  void f1_anErrorPropagatesFromEverySynchronousCall() {
    Throttle api = backend.throttle("9/s").build();
    Throttle other = Throttle.builder("other").rate("9/s").backend(backend).build();
    Charge charge = api.charge(TestView.GET);
    for (Error each : List.of(new OutOfMemoryError(), new StackOverflowError())) {
      error = each;
      assertThatThrownBy(() -> api.hit(TestView.GET)).isSameAs(each);
      assertThatThrownBy(() -> group(api, other).charge(TestView.GET)).isSameAs(each);
    }
    assertThatThrownBy(charge::refund).isSameAs(error);
  }

  @Test
  void f1_anErrorFailsEveryStage() {
    Throttle api = backend.throttle("9/s").build();
    Throttle other = Throttle.builder("other").rate("9/s").backend(backend).build();
    Charge refunded = api.charge(TestView.GET);
    Charge settled = api.charge(TestView.GET);
    error = new OutOfMemoryError();
    List<CompletionStage<?>> stages =
        List.of(
            api.hitAsync(TestView.GET),
            api.enforceAsync(TestView.GET),
            api.chargeAsync(TestView.GET),
            refunded.refundAsync(),
            settled.settleAsync(9),
            group(api, other).chargeAsync(TestView.GET),
            group(api).chargeEachAsync(List.of(TestView.GET, TestView.GET)).get(1),
            backend.decideByDefault(
                Backend.Operation.HIT, api.path.policyOf(TestView.GET), "client", "", 1));
    assertThat(stages).allSatisfy(stage -> assertThat(thrown(stage)).isSameAs(error));
  }

  @ParameterizedTest
  @EnumSource
  void f1_aBackendWithoutANameIsAFailure(OperationForm form) {
    inNamespace = true;
    error = new NoClassDefFoundError("driver");
    Throttle api = backend.throttle("9/s").build();
    Throttle other = Throttle.builder("other").rate("9/s").backend(backend).build();
    form.hit(api, TestView.GET);
    form.charge(group(api, other), TestView.GET);
    Backend wrong =
        new MapBackend() {
          @Override
          public String namespace() {
            throw new NoClassDefFoundError("driver");
          }

          @Override
          public long[] decide(BackendCall call) {
            throw new NoClassDefFoundError("driver");
          }
        };
    assertThat(form.hit(backend.throttle("9/s").backend(wrong).build(), TestView.GET).degraded())
        .isTrue();
  }

  @Test
  void f1_aStageThatThrowsInItsOwnMethodsFailsTheResult() {
    Backend broken =
        new MapBackend() {
          @Override
          public CompletionStage<long[]> decideAsync(BackendCall call) {
            return new CompletableFuture<>() {
              @Override
              public CompletableFuture<long[]> whenComplete(
                  java.util.function.BiConsumer<? super long[], ? super Throwable> action) {
                throw new LinkageError("stage");
              }
            };
          }
        };
    Throttle api = backend.throttle("9/s").backend(broken).build();
    assertThat(api.hitAsync(TestView.GET).toCompletableFuture().join().degraded()).isTrue();
  }

  @Test
  void f1_anErrorOfARefundIsNotLost() {
    MapBackend second =
        new MapBackend() {
          @Override
          public long[] decide(BackendCall call) {
            if (call.operation() == Backend.Operation.HIT) {
              error = new OutOfMemoryError();
              throw new BackendException("lost");
            }
            return super.decide(call);
          }
        };
    Throttle first = Throttle.builder("first").rate("9/s").backend(backend).build();
    Throttle last =
        Throttle.builder("last")
            .rate("9/s")
            .backend(second)
            .onBackendFailure(FailurePolicy.THROW)
            .build();
    assertThatThrownBy(() -> group(first, last).charge(TestView.GET))
        .isInstanceOf(OutOfMemoryError.class);
  }
}
