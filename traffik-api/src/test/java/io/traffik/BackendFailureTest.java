package io.traffik;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.traffik.spi.BackendCall;
import io.traffik.spi.Margin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Failures and contract violations of a backend. */
final class BackendFailureTest {

  private final MapBackend backend = new MapBackend();

  @ParameterizedTest
  @EnumSource
  void f1_theFailurePolicyDecidesWhenTheBackendFails(OperationForm form) {
    backend.failing = true;
    Decision allowed = form.hit(backend.throttle("1/h").build(), TestView.GET);
    assertThat(allowed.allowed()).isTrue();
    assertThat(allowed.degraded()).isTrue();
    assertThat(allowed.charged()).isZero();
    Decision denied =
        form.hit(
            backend.throttle("1/h").onBackendFailure(FailurePolicy.DENY).build(), TestView.GET);
    assertThat(denied.denied()).isTrue();
    assertThat(denied.degraded()).isTrue();
    assertThat(denied.retryAfter()).isEmpty();
    List<BackendException> failures = new ArrayList<>();
    ThrottleListener listener =
        new ThrottleListener() {
          @Override
          public void onBackendFailure(
              ConnectionView view, BackendException failure, Throttle throttle) {
            failures.add(failure);
            throw new IllegalStateException("failure of a listener");
          }
        };
    Throttle throwing =
        backend.throttle("1/h").onBackendFailure(FailurePolicy.THROW).listener(listener).build();
    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(() -> form.hit(throwing, TestView.GET))
        .withMessage("unreachable");
    assertThat(failures).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource
  void b5_f1_anImpossibleCostIsDeniedEvenIfTheBackendFails(OperationForm form) {
    backend.failing = true;
    Decision decision = form.hit(backend.throttle("1/h").build(), TestView.GET, 2);
    assertThat(decision.denied()).isTrue();
    assertThat(decision.impossible()).isTrue();
    assertThat(decision.degraded()).isTrue();
    assertThat(decision.remaining()).isZero();
    assertThat(decision.retryAfter()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void f1_aMarginAbove140YearsIsAFailure(OperationForm form) {
    for (long margin : new long[] {PolicyOutcome.EXEMPT, PolicyOutcome.deniedOnFailure(1)}) {
      Backend wrong = MapBackend.returning(margin);
      Throttle api =
          backend.throttle("1/s").backend(wrong).onBackendFailure(FailurePolicy.THROW).build();
      assertThatThrownBy(() -> form.hit(api, TestView.GET))
          .isInstanceOf(BackendException.class)
          .hasMessageContaining("at most 140 years: " + margin);
    }
  }

  @ParameterizedTest
  @EnumSource
  void f1_anyExceptionIsAFailureExceptForMistakes(OperationForm form) {
    for (Throwable thrown :
        List.of(
            new CancellationException(),
            new NumberFormatException("garbage"),
            new IllegalArgumentException("failure of a store"),
            new java.io.IOException("checked"),
            new NullPointerException(),
            new IllegalStateException("connection pool is closed"),
            new NoClassDefFoundError("org/driver/Codec"),
            new ExceptionInInitializerError("driver"),
            new AssertionError("driver"))) {
      assertThat(
              form.hit(backend.throttle("1/s").backend(throwing(thrown)).build(), TestView.GET)
                  .degraded())
          .as("%s", thrown)
          .isTrue();
    }
    for (RuntimeException mistake :
        List.of(
            new BackendClosedException("map"),
            new BackendUsageException("blocking call"),
            new ConfigurationException("too many rates"))) {
      Throttle api = backend.throttle("1/s").backend(throwing(mistake)).build();
      assertThatThrownBy(() -> form.hit(api, TestView.GET)).isSameAs(mistake);
    }
  }

  private static Backend throwing(Throwable thrown) {
    return new MapBackend() {
      @Override
      public long[] decide(BackendCall call) {
        throw uncheckedCast(thrown);
      }

      @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
      private <E extends Throwable> E uncheckedCast(Throwable thrown) throws E {
        throw (E) thrown;
      }
    };
  }

  @Test
  void t7_aNullStageIsAFailure() {
    Backend wrong =
        new MapBackend() {
          @Override
          public CompletionStage<long[]> decideAsync(BackendCall call) {
            return null;
          }
        };
    Throttle api = backend.throttle("1/s").backend(wrong).build();
    assertThat(api.hitAsync(TestView.GET).toCompletableFuture().join().degraded()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void f1_aWrongNumberOfMarginsIsAFailure(OperationForm form) {
    Backend wrong = MapBackend.returning(0, 0, 0);
    Throttle api =
        Throttle.builder("api")
            .rate("1/s")
            .rate("2/h")
            .backend(wrong)
            .onBackendFailure(FailurePolicy.THROW)
            .build();
    assertThatThrownBy(() -> form.hit(api, TestView.GET))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("one margin per rate: expected 2, got 3");
  }

  @Test
  void theDecisionOfAStandInIsDegraded() {
    Backend standIn =
        new MapBackend() {
          @Override
          public long[] decide(BackendCall call) {
            long[] margins = super.decide(call);
            margins[0] = Margin.degraded(margins[0]);
            return margins;
          }
        };
    Throttle api = Throttle.builder("api").rate("1/min").backend(standIn).build();
    Decision allowed = api.hit(TestView.GET);
    assertThat(allowed.allowed() && allowed.degraded()).isTrue();
    Decision denied = api.hit(TestView.GET);
    assertThat(denied.denied() && denied.degraded()).isTrue();
    assertThat(denied.retryAfter()).hasValue(Duration.ofMinutes(1));
  }
}
