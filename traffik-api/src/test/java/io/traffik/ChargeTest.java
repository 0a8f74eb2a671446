package io.traffik;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.traffik.spi.BackendCall;
import io.traffik.spi.Margin;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A charge is refunded to the buckets that it was taken from. */
@SuppressWarnings("try")
final class ChargeTest {

  private final MapBackend backend = new MapBackend();
  private final Throttle api =
      Throttle.builder("api").rate("9/h").cost(v -> 2).dynamicBackend().build();

  private static Charge charge(OperationForm form, Throttle throttle, ConnectionView view) {
    try {
      return form == OperationForm.SYNC
          ? throttle.charge(view)
          : throttle.chargeAsync(view).toCompletableFuture().join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private static Decision refund(OperationForm form, Charge charge) {
    return form == OperationForm.SYNC
        ? charge.refund()
        : charge.refundAsync().toCompletableFuture().join();
  }

  @ParameterizedTest
  @EnumSource
  void t6_aChargeIsRefundedOnce(OperationForm form) {
    Charge charge = charge(form, api, TestView.GET.backend(backend));
    assertThat(charge.decision().charged()).isEqualTo(2);
    assertThat(charge.decision().remaining()).isEqualTo(7);
    charge(form, api, TestView.GET.backend(backend));
    assertThat(refund(form, charge).remaining()).isEqualTo(7);
    assertThat(refund(form, charge)).isSameAs(charge.decision());
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
      charge = charge(form, switched, TestView.GET.backend(backend));
    }
    enabled.set(false);
    assertThat(refund(form, charge).remaining()).isEqualTo(9);
    assertThat(backend.calls).isEmpty();
    assertThat(tenant.calls).last().isEqualTo("REFUND 192.0.2.1 GET /a 1");
  }

  @ParameterizedTest
  @EnumSource
  void t6_aLostRefundIsNotRepeatedAndThrowsNothing(OperationForm form) {
    Charge charge = charge(form, api, TestView.GET.backend(backend));
    backend.failing = true;
    assertThat(refund(form, charge)).isSameAs(charge.decision());
    backend.failing = false;
    refund(form, charge);
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
    refund(form, charge(form, exempt, TestView.GET));
    Throttle lenient =
        Throttle.builder("api").rate("9/h").backend(backend).onThrottled((v, d, t) -> {}).build();
    lenient.hit(TestView.GET, 9);
    Charge denied = charge(form, lenient, TestView.GET);
    assertThat(denied.decision().denied()).isTrue();
    refund(form, denied);
    backend.failing = true;
    refund(form, charge(form, api, TestView.GET.backend(backend)));
    assertThat(backend.calls).noneMatch(call -> call.startsWith("REFUND"));
    // A stand-in was charged, so its store must not receive a refund.
    MapBackend standIn =
        new MapBackend() {
          @Override
          public long[] decide(BackendCall call) {
            long[] margins = super.decide(call);
            margins[0] = Margin.degraded(margins[0]);
            return margins;
          }
        };
    refund(form, charge(form, api, TestView.GET.backend(standIn)));
    assertThat(standIn.calls).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource
  void t2_aChargeIsEnforced(OperationForm form) {
    Throttle one = Throttle.builder("one").rate("1/h").backend(backend).build();
    charge(form, one, TestView.GET);
    assertThatExceptionOfType(ConnectionThrottledException.class)
        .isThrownBy(() -> charge(form, one, TestView.GET));
    Throttle lenient =
        Throttle.builder("one").rate("1/h").backend(backend).onThrottled((v, d, t) -> {}).build();
    assertThat(charge(form, lenient, TestView.GET).decision().denied()).isTrue();
  }
}
