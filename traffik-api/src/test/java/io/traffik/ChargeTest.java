package io.traffik;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.traffik.spi.BackendCall;
import io.traffik.spi.Margin;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A charge is refunded to the buckets that it was taken from. */
@SuppressWarnings("try")
final class ChargeTest {

  private final MapBackend backend = new MapBackend();
  private final Throttle api =
      Throttle.builder("api").rate("9/h").cost(v -> 2).dynamicBackend().build();

  @ParameterizedTest
  @EnumSource
  void t6_aChargeIsRefundedOnce(OperationForm form) {
    Charge charge = form.charge(api, TestView.GET.backend(backend));
    assertThat(charge.decision().charged()).isEqualTo(2);
    assertThat(charge.decision().remaining()).isEqualTo(7);
    form.charge(api, TestView.GET.backend(backend));
    assertThat(form.refund(charge).remaining()).isEqualTo(7);
    assertThat(form.refund(charge)).isSameAs(charge.decision());
    assertThat(api.peek(TestView.GET.backend(backend)).remaining()).isEqualTo(7);
  }

  @ParameterizedTest
  @EnumSource
  void t6_aRefundGoesToTheChargedBuckets(OperationForm form) {
    MapBackend tenant = new MapBackend();
    AtomicBoolean enabled = new AtomicBoolean(true);
    Throttle switched = Throttle.builder("api").rate("9/h").enabled(enabled::get).build();
    Charge charge;
    try (BackendScope scope = BackendScope.enter(tenant)) {
      charge = form.charge(switched, TestView.GET.backend(backend));
    }
    enabled.set(false);
    assertThat(form.refund(charge).remaining()).isEqualTo(9);
    assertThat(backend.calls).isEmpty();
    assertThat(tenant.calls).last().isEqualTo("REFUND 192.0.2.1 GET /a 1");
  }

  @ParameterizedTest
  @EnumSource
  void t6_aLostRefundIsNotRepeatedAndThrowsNothing(OperationForm form) {
    Charge charge = form.charge(api, TestView.GET.backend(backend));
    backend.failing = true;
    assertThat(form.refund(charge)).isSameAs(charge.decision());
    backend.failing = false;
    form.refund(charge);
    assertThat(api.peek(TestView.GET.backend(backend)).remaining()).isEqualTo(7);
  }

  @ParameterizedTest
  @EnumSource
  void t6_aHitThatTookNothingIsNotRefunded(OperationForm form) {
    Throttle exempt =
        Throttle.builder("api")
            .rate("9/h")
            .identifier(v -> Identity.EXEMPT)
            .backend(backend)
            .build();
    form.refund(form.charge(exempt, TestView.GET));
    Throttle lenient =
        Throttle.builder("api").rate("9/h").backend(backend).onThrottled((v, d, t) -> {}).build();
    lenient.hit(TestView.GET, 9);
    Charge denied = form.charge(lenient, TestView.GET);
    assertThat(denied.decision().denied()).isTrue();
    form.refund(denied);
    backend.failing = true;
    form.refund(form.charge(api, TestView.GET.backend(backend)));
    assertThat(backend.calls).noneMatch(call -> call.startsWith("REFUND"));
    // A wrapper decided without the store, so the store must not receive a refund.
    MapBackend standIn =
        new MapBackend() {
          @Override
          public long[] decide(BackendCall call) {
            long[] margins = super.decide(call);
            margins[0] = Margin.degraded(margins[0]);
            return margins;
          }
        };
    form.refund(form.charge(api, TestView.GET.backend(standIn)));
    assertThat(standIn.calls).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource
  void t2_aChargeIsEnforced(OperationForm form) {
    Throttle one = Throttle.builder("one").rate("1/h").backend(backend).build();
    form.charge(one, TestView.GET);
    assertThatExceptionOfType(ConnectionThrottledException.class)
        .isThrownBy(() -> form.charge(one, TestView.GET));
    Throttle lenient =
        Throttle.builder("one").rate("1/h").backend(backend).onThrottled((v, d, t) -> {}).build();
    assertThat(form.charge(lenient, TestView.GET).decision().denied()).isTrue();
  }
}
