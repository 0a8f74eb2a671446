package io.traffik;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.traffik.spi.BackendCall;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Charges whose actual cost becomes known after the work. */
final class ChargeSettlementTest {

  private final MapBackend backend = new MapBackend();

  @ParameterizedTest
  @EnumSource
  void b14_missingTokensAreOwed(OperationForm form) {
    Throttle api = backend.throttle("10/s").build();
    Charge charge = form.charge(api, TestView.GET, 4);
    Decision settlement = form.settle(charge, 25);
    assertThat(backend.calls).last().isEqualTo("SETTLE 192.0.2.1 GET /a 21 9223372036854775807");
    assertThat(settlement.allowed()).isTrue();
    assertThat(settlement.unpaid()).isZero();
    assertThat(settlement.remaining()).isZero();
    assertThat(settlement.charged()).isZero();
    assertThat(settlement.retryAfter()).isEmpty();
    assertThat(settlement.resetAfter()).isEqualTo(Duration.ofMillis(2_500));
    Decision denied = form.hit(api, TestView.GET);
    assertThat(denied.retryAfter()).hasValue(Duration.ofMillis(1_600));
    assertThat(form.hit(api, TestView.GET, 0).allowed()).as("cost 0 in debt").isTrue();
    backend.now = Duration.ofMillis(1_600).toNanos() - 1;
    assertThat(form.hit(api, TestView.GET).denied()).isTrue();
    backend.now++;
    assertThat(form.hit(api, TestView.GET).allowed()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void b14_tokensThatWereNotNeededAreRefunded(OperationForm form) {
    Throttle api = backend.throttle("10/s").build();
    Decision settlement = form.settle(form.charge(api, TestView.GET, 8), 3);
    assertThat(backend.calls).last().isEqualTo("REFUND 192.0.2.1 GET /a 5");
    assertThat(settlement.remaining()).isEqualTo(7);
    assertThat(settlement.unpaid()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void b14_anEstimateOfZeroIsSettled(OperationForm form) {
    Throttle api = backend.throttle("10/s").build();
    assertThat(form.settle(form.charge(api, TestView.GET, 0), 6).remaining()).isEqualTo(4);
  }

  @ParameterizedTest
  @EnumSource
  void b14_theDebtIsBoundedAndTheRestIsReported(OperationForm form) {
    Throttle api = backend.throttle("10/s", "100/min").maxDebt(5).build();
    Decision settlement = form.settle(form.charge(api, TestView.GET, 10), 200);
    // The first rate can owe 5 tokens, the second 90 and 5 more.
    assertThat(settlement.unpaid()).isEqualTo(185);
    assertThat(settlement).hasToString("api allowed, remaining 0, unpaid 185 (10/s)");
    assertThat(form.hit(api, TestView.GET).retryAfter())
        .hasValue(Duration.ofMillis(600).multipliedBy(6));
  }

  @ParameterizedTest
  @EnumSource
  void b14_aChargeIsClosedByTheFirstSettlementOrRefund(OperationForm form) {
    Throttle api = backend.throttle("10/s").build();
    Charge exact = form.charge(api, TestView.GET, 2);
    assertThat(form.settle(exact, 2)).isSameAs(exact.decision());
    Charge settled = form.charge(api, TestView.GET, 2);
    form.settle(settled, 3);
    Charge refunded = form.charge(api, TestView.GET, 2);
    form.refund(refunded);
    int calls = backend.calls.size();
    for (Charge charge : List.of(exact, settled, refunded)) {
      assertThat(form.settle(charge, 9)).isSameAs(charge.decision());
      assertThat(form.refund(charge)).isSameAs(charge.decision());
    }
    assertThat(backend.calls).hasSize(calls);
  }

  @ParameterizedTest
  @EnumSource
  void b14_aNegativeCostIsRejectedAndLeavesTheChargeOpen(OperationForm form) {
    Throttle api = backend.throttle("10/s").build();
    Charge charge = form.charge(api, TestView.GET, 2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> form.settle(charge, -1))
        .withMessage("actual cost must be at least 0: -1");
    assertThat(form.settle(charge, 1).remaining()).isEqualTo(9);
  }

  @ParameterizedTest
  @EnumSource
  void b14_aBackendWithoutDebtStillRefunds(OperationForm form) {
    backend.supportsDebt = false;
    Throttle api = backend.throttle("10/s").build();
    Charge charge = form.charge(api, TestView.GET, 2);
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> form.settle(charge, 3))
        .withMessageStartingWith("Backend \"map\" (MapBackend) does not support waiting");
    assertThat(form.settle(charge, 1).remaining()).isEqualTo(9);
  }

  @ParameterizedTest
  @EnumSource
  void b14_deniedExemptAndDegradedHitsAreNotSettled(OperationForm form) {
    Throttle lenient = backend.throttle("1/h").onThrottled((v, d, t) -> {}).build();
    form.charge(lenient, TestView.GET);
    Charge denied = form.charge(lenient, TestView.GET);
    Throttle exempt = backend.throttle("1/h").identifier(v -> Identity.EXEMPT).build();
    backend.failing = true;
    Charge degraded = form.charge(lenient, TestView.GET);
    backend.failing = false;
    Charge free = form.charge(exempt, TestView.GET);
    int calls = backend.calls.size();
    for (Charge charge : List.of(denied, degraded, free)) {
      assertThat(form.settle(charge, 9)).isSameAs(charge.decision());
    }
    assertThat(backend.calls).hasSize(calls);
  }

  @ParameterizedTest
  @EnumSource
  void b14_aSettlementGoesToTheChargedBuckets(OperationForm form) {
    MapBackend other = new MapBackend();
    Throttle api = Throttle.builder("api").rate("10/s").dynamicBackend().build();
    Charge charge = form.charge(api, TestView.GET.backend(backend), 2);
    form.charge(api, TestView.GET.backend(other), 2);
    form.settle(charge, 5);
    assertThat(backend.calls).last().asString().startsWith("SETTLE 192.0.2.1 GET /a 3 ");
    assertThat(other.calls).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource
  void b14_aLostSettlementIsLoggedAndNotRepeated(OperationForm form) {
    Throttle api = backend.throttle("10/s").build();
    Charge charge = form.charge(api, TestView.GET, 2);
    backend.failing = true;
    LogRecorder log = new LogRecorder();
    try (log) {
      Decision lost = form.settle(charge, 5);
      assertThat(lost.degraded()).isTrue();
      assertThat(lost.charged()).isZero();
    }
    assertThat(log.texts())
        .containsExactly(
            "Backend \"map\" (MapBackend) failed. A refund or settlement of throttle"
                + " \"api\" was lost.");
    backend.failing = false;
    form.settle(charge, 5);
    assertThat(backend.calls).hasSize(2);
  }

  @ParameterizedTest
  @EnumSource
  void b14_anAnswerWithoutTheUnpaidTokensIsALostSettlement(OperationForm form) {
    Backend incomplete =
        new MapBackend() {
          @Override
          public long[] decide(BackendCall call) {
            return new long[call.policy().size()];
          }
        };
    Throttle api = backend.throttle("10/s").backend(incomplete).build();
    Charge charge = form.charge(api, TestView.GET, 2);
    assertThat(form.settle(charge, 5).degraded()).isTrue();
  }
}
