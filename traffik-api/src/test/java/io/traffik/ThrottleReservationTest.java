package io.traffik;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.traffik.spi.BackendCall;
import io.traffik.spi.Margin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hits that wait for their tokens, and hits that are cancelled while they wait. */
final class ThrottleReservationTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final MapBackend backend = new MapBackend();

  private ThrottleBuilder builder(String... rates) {
    return backend.throttle(rates).maxWait(MINUTE).clock(() -> backend.now);
  }

  private static Duration delay(Charge charge) {
    return charge.decision().delay();
  }

  private void sleep(Duration duration) {
    backend.now += duration.toNanos();
  }

  @ParameterizedTest
  @EnumSource
  void b13_hitsProceedInTheOrderOfTheirCalls(OperationForm form) {
    Throttle api = builder("5/s (capacity 1)").build();
    for (int i = 0; i < 40; i++) {
      Charge charge = form.reserve(api, TestView.GET, 1, MINUTE);
      assertThat(delay(charge)).isEqualTo(Duration.ofMillis(200L * i));
      assertThat(charge.decision().allowed()).isTrue();
      assertThat(charge.decision().charged()).isEqualTo(1);
      assertThat(charge.decision().retryAfter()).isEmpty();
      assertThat(charge.decision().remaining()).isZero();
    }
    assertThat(backend.calls).hasSize(40).containsOnly("HIT 192.0.2.1 GET /a 1 60000000000");
  }

  @ParameterizedTest
  @EnumSource
  void b13_b4_aDenialCountsFromWhenThePatienceSuffices(OperationForm form) {
    Throttle api = builder("1/s (capacity 2)", "1/min").onThrottled((v, d, t) -> {}).build();
    form.reserve(api, TestView.GET, 1, Duration.ZERO);
    Duration patience = Duration.ofSeconds(10);
    Decision denied = form.reserve(api, TestView.GET, 1, patience).decision();
    assertThat(denied.denied()).isTrue();
    assertThat(denied.charged()).isZero();
    assertThat(denied.delay()).isZero();
    assertThat(denied.retryAfter()).hasValue(Duration.ofSeconds(50));
    assertThat(denied.violatedPolicies()).containsExactly("api-2");
    assertThat(denied.quotas()).extracting(Decision.Quota::remaining).containsExactly(1L, 0L);
    sleep(Duration.ofSeconds(50).minusNanos(1));
    assertThat(form.reserve(api, TestView.GET, 1, patience).decision().denied()).isTrue();
    sleep(Duration.ofNanos(1));
    assertThat(delay(form.reserve(api, TestView.GET, 1, patience))).isEqualTo(patience);
  }

  @ParameterizedTest
  @EnumSource
  void b13_theDefaultHandlerThrowsOnADenial(OperationForm form) {
    Throttle api = builder("1/min").build();
    form.reserve(api, TestView.GET, 1, Duration.ZERO);
    assertThatExceptionOfType(ConnectionThrottledException.class)
        .isThrownBy(() -> form.reserve(api, TestView.GET, 1, Duration.ofSeconds(1)))
        .withMessage("Too Many Requests. Retry after 59 seconds.");
  }

  @ParameterizedTest
  @EnumSource
  void b13_aHitWithoutPatienceIsDeniedWhileOthersWait(OperationForm form) {
    Throttle api = builder("1/s").build();
    form.reserve(api, TestView.GET, 1, MINUTE);
    form.reserve(api, TestView.GET, 1, MINUTE);
    Decision denied = form.hit(api, TestView.GET);
    assertThat(denied.denied()).isTrue();
    assertThat(denied.retryAfter()).hasValue(Duration.ofSeconds(2));
    assertThat(form.hit(api, TestView.GET, 0).allowed()).as("cost 0").isTrue();
    assertThat(form.hit(api, TestView.GET, 0).delay()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void b13_b5_patienceDoesNotHelpAnImpossibleHit(OperationForm form) {
    Throttle api = builder("1/s").onThrottled((v, d, t) -> {}).build();
    Decision decision = form.reserve(api, TestView.GET, 2, MINUTE).decision();
    assertThat(decision.impossible()).isTrue();
    assertThat(decision.denied()).isTrue();
    assertThat(decision.delay()).isZero();
    assertThat(decision.retryAfter()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void b13_patienceAndCostMustBeInRange(OperationForm form) {
    Throttle api = builder("1/s").build();
    for (Duration patience : List.of(Duration.ofNanos(-1), MINUTE.plusNanos(1))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> form.reserve(api, TestView.GET, 1, patience))
          .withMessage(
              "patience must be from zero to the maxWait of throttle \"api\", PT1M: "
                  + patience
                  + ". Raise .maxWait(…) in its builder, or pass a shorter patience.");
    }
    Throttle impatient = backend.throttle("1/s").build();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> form.reserve(impatient, TestView.GET, 1, MINUTE))
        .withMessageContaining("PT0S: PT1M");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> form.reserve(api, TestView.GET, -1, MINUTE));
    assertThat(backend.calls).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void b13_theLastReservationGetsItsTokensBack(OperationForm form) {
    Throttle api = builder("1/s").build();
    form.reserve(api, TestView.GET, 1, MINUTE);
    Charge second = form.reserve(api, TestView.GET, 1, MINUTE);
    sleep(Duration.ofMillis(400));
    form.refund(second);
    assertThat(backend.calls).last().isEqualTo("REFUND 192.0.2.1 GET /a 1 600000000");
    assertThat(delay(form.reserve(api, TestView.GET, 1, MINUTE))).isEqualTo(Duration.ofMillis(600));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void b13_cancellationNeverLetsTwoHitsProceedAtOnce(int cancelled) {
    for (OperationForm form : OperationForm.values()) {
      backend.reset();
      Throttle api = builder("1/s (capacity 1)").build();
      List<Charge> charges = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        charges.add(form.reserve(api, TestView.GET, 1, MINUTE));
      }
      sleep(Duration.ofMillis(500));
      for (int i = 1; i <= cancelled; i++) {
        form.refund(charges.get(i));
      }
      // The fifth hit proceeds 3.5 s from now, so the sixth must come a second later.
      assertThat(delay(form.reserve(api, TestView.GET, 1, MINUTE)))
          .isEqualTo(Duration.ofMillis(4_500));
    }
  }

  @ParameterizedTest
  @EnumSource
  void b13_aHitThatHasProceededIsRefundedEvenIfOthersWait(OperationForm form) {
    Throttle api = builder("1/s (capacity 1)").build();
    form.reserve(api, TestView.GET, 1, MINUTE);
    Charge second = form.reserve(api, TestView.GET, 1, MINUTE);
    form.reserve(api, TestView.GET, 1, MINUTE);
    sleep(Duration.ofSeconds(1));
    form.refund(second);
    assertThat(backend.calls).last().isEqualTo("REFUND 192.0.2.1 GET /a 1");
    assertThat(delay(form.reserve(api, TestView.GET, 1, MINUTE))).isEqualTo(Duration.ofSeconds(1));
  }

  @ParameterizedTest
  @EnumSource
  void b13_b14_aHitThatIsSettledToLessWhileItWaitsGivesNothingBackBeforeLaterHits(
      OperationForm form) {
    Throttle api = builder("1/s (capacity 1)").build();
    form.reserve(api, TestView.GET, 1, MINUTE);
    Charge second = form.reserve(api, TestView.GET, 1, MINUTE);
    form.reserve(api, TestView.GET, 1, MINUTE);
    form.settle(second, 0);
    assertThat(backend.calls).last().isEqualTo("REFUND 192.0.2.1 GET /a 1 1000000000");
    assertThat(delay(form.reserve(api, TestView.GET, 1, MINUTE))).isEqualTo(Duration.ofSeconds(3));
  }

  @ParameterizedTest
  @EnumSource
  void b13_theRestOfADelayIsNeverOverestimated(OperationForm form) {
    long[] latency = {Duration.ofMillis(300).toNanos()};
    MapBackend distant =
        new MapBackend() {
          @Override
          public long[] decide(BackendCall call) {
            now += latency[0];
            return super.decide(call);
          }
        };
    Throttle api =
        distant.throttle("1/s (capacity 1)").maxWait(MINUTE).clock(() -> distant.now).build();
    form.reserve(api, TestView.GET, 1, MINUTE);
    Charge second = form.reserve(api, TestView.GET, 1, MINUTE);
    assertThat(delay(second)).isEqualTo(Duration.ofMillis(700));
    latency[0] = 0;
    form.refund(second);
    // The backend decided 300 ms after the call, so 700 ms of the delay are left. The cancellation
    // may take twice as long as the hit without being taken for a later one.
    assertThat(distant.calls).last().isEqualTo("REFUND 192.0.2.1 GET /a 1 100000000");
  }

  @Test
  void b13_aClockThatStepsBackDoesNotProlongADelay() {
    Throttle api = builder("1/s (capacity 1)").build();
    api.reserve(TestView.GET, 1, MINUTE);
    Charge second = api.reserve(TestView.GET, 1, MINUTE);
    sleep(Duration.ofHours(-1));
    second.refund();
    assertThat(backend.calls).last().isEqualTo("REFUND 192.0.2.1 GET /a 1 1000000000");
  }

  @ParameterizedTest
  @EnumSource
  void b13_aBackendWithoutDebtIsAMistakeOfConfiguration(OperationForm form) {
    backend.supportsDebt = false;
    Throttle api = builder("1/s").build();
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> form.reserve(api, TestView.GET, 1, MINUTE))
        .withMessage(
            "Backend \"map\" (MapBackend) does not support waiting and settlements: its"
                + " supportsDebt() returns false. Use a backend with debt, such as InMemoryBackend or"
                + " RedisBackend, or call neither reserve nor settle.");
    assertThat(backend.calls).isEmpty();
    assertThat(form.reserve(api, TestView.GET, 1, Duration.ZERO).decision().allowed()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void b13_f1_aFailedReservationProceedsAtOnceOrNever(OperationForm form) {
    backend.failing = true;
    Charge allowed = form.reserve(builder("1/s").build(), TestView.GET, 1, MINUTE);
    assertThat(allowed.decision().allowed()).isTrue();
    assertThat(delay(allowed)).isZero();
    form.refund(allowed);
    assertThat(backend.calls).hasSize(1);
    Throttle denying =
        builder("1/s")
            .onBackendFailure(FailurePolicy.DENY)
            .onThrottled((view, decision, throttle) -> {})
            .build();
    Decision denied = form.reserve(denying, TestView.GET, 1, MINUTE).decision();
    assertThat(denied.denied()).isTrue();
    assertThat(denied.retryAfter()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void b13_aStandInMayDecideAReservation(OperationForm form) {
    Backend standIn =
        new MapBackend() {
          @Override
          public long[] decide(BackendCall call) {
            calls.add(call.operation().name());
            return new long[] {Margin.degraded(-5)};
          }
        };
    Throttle api = builder("1/s").backend(standIn).onThrottled((v, d, t) -> {}).build();
    Charge granted = form.reserve(api, TestView.GET, 1, Duration.ofNanos(5));
    assertThat(granted.decision().allowed() && granted.decision().degraded()).isTrue();
    assertThat(delay(granted)).isEqualTo(Duration.ofNanos(5));
    assertThat(form.refund(granted)).isSameAs(granted.decision());
    Decision denied = form.reserve(api, TestView.GET, 1, Duration.ofNanos(3)).decision();
    assertThat(denied.retryAfter()).hasValue(Duration.ofNanos(2));
    assertThat(((MapBackend) standIn).calls).containsExactly("HIT", "HIT");
  }

  @ParameterizedTest
  @EnumSource
  void t8_listenersReceiveReservations(OperationForm form) {
    List<String> received = new ArrayList<>();
    Throttle api =
        builder("1/s (capacity 1)")
            .listener(
                new ThrottleListener() {
                  @Override
                  public void onDecision(ConnectionView v, Decision decision, Throttle t) {
                    received.add(decision.toString());
                  }
                })
            .build();
    form.reserve(api, TestView.GET, 1, MINUTE);
    form.refund(form.reserve(api, TestView.GET, 1, MINUTE));
    assertThat(received)
        .containsExactly(
            "api allowed, remaining 0 (1/s)", "api allowed, after PT1S, remaining 0 (1/s)");
  }

  @Test
  void t7_asynchronousFormsThrowNothing() {
    Throttle api = builder("1/s").build();
    assertFailed(api.reserveAsync(TestView.GET, 1, null).toCompletableFuture());
    assertFailed(api.reserveAsync(TestView.GET, 1, MINUTE.multipliedBy(2)).toCompletableFuture());
    Throttle unclocked =
        builder("1/s (capacity 1)")
            .clock(
                () -> {
                  throw new IllegalStateException("no clock");
                })
            .build();
    assertFailed(unclocked.reserveAsync(TestView.GET, 1, MINUTE).toCompletableFuture());
    boolean[] stopped = {false};
    Throttle stoppable =
        builder("1/s (capacity 1)")
            .clock(
                () -> {
                  if (stopped[0]) {
                    throw new IllegalStateException("no clock");
                  }
                  return backend.now;
                })
            .build();
    stoppable.reserve(TestView.GET, 1, MINUTE);
    Charge charge = stoppable.reserve(TestView.GET, 1, MINUTE);
    stopped[0] = true;
    assertFailed(charge.refundAsync().toCompletableFuture());
    assertFailed(charge.settleAsync(0).toCompletableFuture());
  }

  private static void assertFailed(CompletableFuture<?> future) {
    assertThat(future).isCompletedExceptionally();
  }

  @Test
  void b9_b13_theRateWithTheLongestWaitDeterminesADelay() {
    Throttle api =
        backend
            .throttle("10/s (capacity 1)")
            .rate("1/s (capacity 2)")
            .maxWait(MINUTE)
            .clock(() -> backend.now)
            .build();
    api.charge(TestView.GET);
    api.reserve(TestView.GET, 1, MINUTE);
    Decision third = api.reserve(TestView.GET, 1, MINUTE).decision();
    assertThat(third.delay()).isEqualTo(Duration.ofSeconds(1));
    assertThat(third.rate()).isEqualTo(Rate.parse("1/s (capacity 2)"));
  }
}
