package io.traffik;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The explicit and default settings of a throttle. */
final class ThrottleSettingsTest {

  private final MapBackend backend = new MapBackend();

  private ThrottleBuilder throttle() {
    return Throttle.builder("api").rate("9/h").backend(backend);
  }

  @Test
  void t1_laterBuilderCallsDoNotAffectABuiltThrottle() {
    MapBackend late = new MapBackend();
    ThrottleBuilder builder = throttle();
    Throttle api = builder.build();
    builder.rate("1/day").cost(2).backend(late).scope(view -> "late").enabled(() -> false);
    builder.identifier(view -> null).onAnonymous(AnonymousPolicy.DENY);
    builder.onThrottled((view, decision, by) -> {}).onBackendFailure(FailurePolicy.THROW);
    assertThat(api.rates()).containsExactly(Rate.perHour(9));
    for (int i = 0; i < 9; i++) {
      assertThat(api.hit(TestView.GET).allowed()).isTrue();
    }
    assertThatExceptionOfType(ConnectionThrottledException.class)
        .isThrownBy(() -> api.enforce(TestView.GET));
    backend.failing = true;
    assertThat(api.hit(TestView.GET).degraded()).isTrue();
    assertThat(backend.calls).containsOnly("HIT 192.0.2.1 GET /a 1");
    assertThat(late.calls).isEmpty();
  }

  @Test
  void t1_theRatesOfAThrottleCannotBeChanged() {
    Throttle api = throttle().build();
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> api.rates().set(0, Rate.UNLIMITED));
    assertThat(api.rates()).containsExactly(Rate.perHour(9));
  }

  @ParameterizedTest
  @EnumSource
  void t1_unlimitedIsCheckedAfterEnabledAndBeforeTheBackend(OperationForm form) {
    List<String> stages = new ArrayList<>();
    Throttle unlimited =
        Throttle.builder("api")
            .rate(Rate.UNLIMITED)
            .enabled(() -> stages.add("enabled"))
            .backend(
                view -> {
                  stages.add("backend");
                  return backend;
                })
            .build();
    assertThat(form.hit(unlimited, TestView.GET).exempt()).isTrue();
    assertThat(stages).containsExactly("enabled");
  }

  @ParameterizedTest
  @EnumSource
  void t1_switchedOffPassesUncounted(OperationForm form) {
    Decision decision = form.hit(throttle().enabled(() -> false).build(), TestView.GET);
    assertThat(decision.allowed() && decision.exempt()).isTrue();
    assertThat(backend.calls).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void k2_theDefaultScopeDependsOnTheKind(OperationForm form) {
    Throttle api = throttle().build();
    form.hit(api, TestView.GET.method("PUT"));
    form.hit(api, TestView.GET.handshake());
    form.hit(api, TestView.GET.message("chat"));
    assertThat(backend.calls)
        .containsExactly(
            "HIT 192.0.2.1 PUT /a 1",
            "HIT 192.0.2.1 WS 7:default /a 1",
            "HIT 192.0.2.1 WS 4:chat /a 1");
  }

  @ParameterizedTest
  @EnumSource
  void k3_anyFunctionIsAScope(OperationForm form) {
    Throttle api = throttle().scope(view -> view.path().substring(0, 2)).build();
    form.hit(api, TestView.GET.path("/blue"));
    form.hit(api, TestView.GET.path("/black").method("POST"));
    assertThat(backend.calls).containsExactly("HIT 192.0.2.1 /b 1", "HIT 192.0.2.1 /b 1");
  }

  @ParameterizedTest
  @EnumSource
  void i6_i1_theDefaultIdentifierIsTheRemoteAddress(OperationForm form) {
    form.hit(throttle().build(), TestView.GET.remoteAddress("::ffff:192.0.2.9"));
    form.hit(throttle().build(), TestView.GET.remoteAddress("2001:DB8::1"));
    assertThat(backend.calls)
        .containsExactly("HIT 192.0.2.9 GET /a 1", "HIT 2001:db8::/64 GET /a 1");
  }

  @ParameterizedTest
  @EnumSource
  void l5_theBackendIsLookedUpWithEveryHit(OperationForm form) {
    MapBackend other = new MapBackend();
    Throttle api = Throttle.builder("api").rate("9/h").dynamicBackend().build();
    Throttle byFunction =
        Throttle.builder("api").rate("9/h").backend(ConnectionView::backend).build();
    for (Throttle each : List.of(api, byFunction)) {
      form.hit(each, TestView.GET.backend(backend));
      form.hit(each, TestView.GET.backend(other));
    }
    assertThat(backend.calls).hasSize(2);
    assertThat(other.calls).hasSize(2);
  }
}
