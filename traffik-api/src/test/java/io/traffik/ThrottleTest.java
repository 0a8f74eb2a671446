package io.traffik;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.traffik.Decision.Quota;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The decisions of both operation forms. */
final class ThrottleTest {

  private final MapBackend backend = new MapBackend();

  @ParameterizedTest
  @EnumSource
  void b2_b4_hitTakesTokensAndADenialStatesTheTime(OperationForm form) {
    Throttle api = backend.throttle("2/min").build();
    assertThat(form.hit(api, TestView.GET).remaining()).isEqualTo(1);
    Decision last = form.hit(api, TestView.GET);
    assertThat(last.allowed()).isTrue();
    assertThat(last.charged()).isEqualTo(1);
    assertThat(last.retryAfter()).isEmpty();
    assertThat(last.resetAfter()).isEqualTo(Duration.ofMinutes(1));
    Decision denied = form.hit(api, TestView.GET);
    assertThat(denied.denied()).isTrue();
    assertThat(denied.charged()).isZero();
    assertThat(denied.retryAfter()).hasValue(Duration.ofSeconds(30));
    assertThat(denied.retryAfterSeconds()).hasValue(30);
    assertThat(denied.resetAfterSeconds()).isEqualTo(60);
    backend.now = Duration.ofSeconds(30).toNanos() - 1;
    Decision almost = form.hit(api, TestView.GET);
    assertThat(almost.retryAfter()).hasValue(Duration.ofNanos(1));
    assertThat(almost.resetAfterSeconds()).isEqualTo(31);
    assertThat(almost.quotas()).extracting(Quota::resetAfterSeconds).containsExactly(31L);
    assertThat(form.peek(api, TestView.GET).retryAfterSeconds()).hasValue(1);
    backend.now++;
    assertThat(form.hit(api, TestView.GET).allowed()).isTrue();
  }

  /** A backend returns such a margin while its clock is behind the last write. */
  @ParameterizedTest
  @EnumSource
  void b4_remainingIsZeroIfTheTimeExceedsTheFillTime(OperationForm form) {
    MapBackend late = MapBackend.returning(-Duration.ofSeconds(100).toNanos());
    Decision denied = form.hit(backend.throttle("2/min").backend(late).build(), TestView.GET);
    assertThat(denied.retryAfter()).hasValue(Duration.ofSeconds(100));
    assertThat(denied.remaining()).isZero();
    assertThat(denied.resetAfter()).isEqualTo(Duration.ofSeconds(130));
    assertThat(denied.quotas()).extracting(Quota::remaining).containsExactly(0L);
  }

  @ParameterizedTest
  @EnumSource
  void b5_aCostAboveTheCapacityIsImpossible(OperationForm form) {
    Throttle api = backend.throttle("5/s", "100/h").build();
    Decision decision = form.hit(api, TestView.GET, 6);
    assertThat(decision.denied()).isTrue();
    assertThat(decision.impossible()).isTrue();
    assertThat(decision.retryAfter()).isEmpty();
    assertThat(decision.remaining()).isEqualTo(5);
    assertThat(decision.rate()).isEqualTo(Rate.perSecond(5));
    assertThat(backend.calls).containsExactly("PEEK 192.0.2.1 GET /a 0");
    backend.failing = true;
    assertThat(form.hit(api, TestView.GET, 6).allowed()).isFalse();
    assertThat(form.hit(api, TestView.GET, 6).impossible()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void b6_costZeroPassesAndANegativeCostIsRejected(OperationForm form) {
    Throttle api = backend.throttle("1/h").build();
    form.hit(api, TestView.GET);
    assertThat(form.hit(api, TestView.GET, 0).allowed()).isTrue();
    Throttle negative = backend.throttle("1/h").cost(view -> -1).build();
    for (Throttle each : List.of(api, negative)) {
      assertThatExceptionOfType(IllegalArgumentException.class)
          .isThrownBy(
              () -> {
                form.hit(each, TestView.GET, each == api ? -1 : 0);
                form.hit(negative, TestView.GET);
              })
          .withMessage("cost must be at least 0: -1");
    }
  }

  @ParameterizedTest
  @EnumSource
  void b9_severalRatesAreAllOrNothing(OperationForm form) {
    Throttle api = backend.throttle("2/s", "3/h").build();
    form.hit(api, TestView.GET);
    Decision second = form.hit(api, TestView.GET);
    assertThat(second.remaining()).isZero();
    assertThat(second.rate()).isEqualTo(Rate.perSecond(2));
    assertThat(second.quotas()).extracting(Quota::remaining).containsExactly(0L, 1L);
    Decision denied = form.hit(api, TestView.GET);
    assertThat(denied.rate()).isEqualTo(Rate.perSecond(2));
    assertThat(denied.policyName()).isEqualTo("api-1");
    assertThat(denied.quotas()).extracting(Quota::remaining).containsExactly(0L, 1L);
    // The first rate has fewer tokens, the second has the longer wait.
    Decision slower = form.hit(api, TestView.GET, 2);
    assertThat(slower.rate()).isEqualTo(Rate.perHour(3));
    assertThat(slower.policyName()).isEqualTo("api-2");
    assertThat(slower.remaining()).isZero();
    backend.now = Duration.ofSeconds(1).toNanos();
    assertThat(form.hit(api, TestView.GET).allowed()).isTrue();
    Decision both = form.hit(api, TestView.GET, 2);
    assertThat(both.rate()).isEqualTo(Rate.perHour(3));
    assertThat(both.retryAfter().orElseThrow()).isGreaterThan(Duration.ofMinutes(30));
  }

  @ParameterizedTest
  @EnumSource
  void b12_peekTakesNothingAndRefundReturnsTokens(OperationForm form) {
    Throttle api = backend.throttle("3/h").build();
    form.hit(api, TestView.GET, 2);
    Decision peek = form.peek(api, TestView.GET);
    assertThat(peek.allowed()).isTrue();
    assertThat(peek.remaining()).isEqualTo(1);
    assertThat(peek.charged()).isZero();
    assertThat(form.refund(api, TestView.GET, 1).remaining()).isEqualTo(2);
    assertThat(form.refund(api, TestView.GET, 1_000).remaining()).isEqualTo(3);
  }

  @ParameterizedTest
  @EnumSource
  void b9_decisionsUseTheCostOfTheFunction(OperationForm form) {
    for (String[] rates : new String[][] {{"10/h"}, {"10/h", "20/h"}}) {
      backend.reset();
      Throttle api = backend.throttle(rates).cost(view -> 4).build();
      assertThat(form.hit(api, TestView.GET).charged()).isEqualTo(4);
      assertThat(form.hit(api, TestView.GET).remaining()).isEqualTo(2);
      Decision denied = form.hit(api, TestView.GET);
      assertThat(denied.remaining()).isEqualTo(2);
      assertThat(denied.retryAfter()).hasValue(Duration.ofMinutes(12));
      assertThat(form.hit(api, TestView.GET, 11).impossible()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void b8_remainingStaysInRangeForExtremeMargins(OperationForm form) {
    for (long margin :
        new long[] {-Duration.ofMinutes(5).toNanos(), Duration.ofDays(1).toNanos()}) {
      Backend extreme = MapBackend.returning(margin);
      Decision decision =
          form.hit(backend.throttle("60/min").backend(extreme).build(), TestView.GET);
      assertThat(decision.remaining()).isBetween(0L, 60L);
      assertThat(decision.resetAfter()).isBetween(Duration.ZERO, Duration.ofMinutes(6));
      assertThat(decision.quotas().get(0).remaining()).isEqualTo(decision.remaining());
    }
  }
}
