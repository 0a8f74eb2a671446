package io.traffik;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Hits of an identity without a connection. */
final class IdentityHitTest {

  private static final Identity JOB = Identity.of("nightly");

  private final MapBackend backend = new MapBackend();

  @Test
  void k6_anIdentityIsHitInTheScopeOfAllRoutes() {
    Throttle api = backend.throttle("9/h").cost(2).scope(view -> "elsewhere").build();
    assertThat(api.hit(JOB).remaining()).isEqualTo(7);
    assertThat(backend.calls).containsExactly("HIT nightly  2");
  }

  @ParameterizedTest
  @EnumSource
  void k6_everyOperationAcceptsAnIdentity(OperationForm form) {
    Throttle api = backend.throttle("9/h").build();
    ConnectionView view = ConnectionView.of(JOB);
    form.hit(api, view, 2);
    form.enforce(api, view);
    form.peek(api, view);
    form.refund(api, view, 1);
    form.settle(form.charge(api, view), 3);
    assertThat(backend.calls)
        .containsExactly(
            "HIT nightly  2",
            "HIT nightly  1",
            "PEEK nightly  1",
            "REFUND nightly  1",
            "HIT nightly  1",
            "SETTLE nightly  2 9223372036854775807");
  }

  @ParameterizedTest
  @EnumSource
  void k6_aConnectionOfTheSameClientSharesTheBucket(OperationForm form) {
    Throttle api = backend.throttle("2/h").identifier(v -> JOB).scope(Scope.ALL_ROUTES).build();
    form.hit(api, TestView.GET);
    form.hit(api, ConnectionView.of(JOB));
    assertThat(form.hit(api, TestView.GET).denied()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void k6_t1_theIdentifierIsNotCalledAndTheOrderIsTheSame(OperationForm form) {
    List<String> stages = new ArrayList<>();
    ConnectionView view = ConnectionView.of(JOB);
    Throttle api =
        backend
            .throttle("1/h")
            .enabled(() -> stages.add("enabled"))
            .backend(
                v -> {
                  stages.add("backend of " + v);
                  return backend;
                })
            .identifier(
                v -> {
                  throw new AssertionError("not needed");
                })
            .cost(
                v -> {
                  stages.add("cost of " + v);
                  return 1;
                })
            .onThrottled((v, decision, throttle) -> stages.add("handler of " + v))
            .build();
    form.enforce(api, view);
    form.enforce(api, view);
    String name = view.toString();
    assertThat(stages.subList(3, 7))
        .containsExactly("enabled", "backend of " + name, "cost of " + name, "handler of " + name);
  }

  @ParameterizedTest
  @EnumSource
  void k6_i5_anExemptIdentityIsExempt(OperationForm form) {
    Throttle api = backend.throttle("1/h").build();
    assertThat(form.hit(api, ConnectionView.of(Identity.EXEMPT)).exempt()).isTrue();
    assertThat(backend.calls).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void k6_i4_theAnonymousPolicyDoesNotApply(OperationForm form) {
    Throttle api = backend.throttle("1/h").onAnonymous(AnonymousPolicy.DENY).build();
    assertThat(form.hit(api, ConnectionView.of(JOB)).allowed()).isTrue();
  }

  @Test
  void k6_l5_theBackendIsThatOfTheThrottleOrTheScope() {
    Throttle api = Throttle.builder("api").rate("1/h").build();
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> api.hit(JOB))
        .withMessageContaining("No throttle backend configured");
    BackendScope scope = BackendScope.enter(backend);
    try (scope) {
      assertThat(api.hit(JOB).allowed()).isTrue();
    }
  }

  @Test
  void k6_theViewHasNoConnection() {
    ConnectionView view = ConnectionView.of(JOB);
    assertThat(view.method()).isEqualTo("GET");
    assertThat(view.path()).isEqualTo("/");
    assertThat(view.remoteAddress()).isNull();
    assertThat(view.header("Host")).isNull();
    assertThat(view.backend()).isNull();
    assertThat(view).isEqualTo(ConnectionView.of(Identity.of("nightly")));
  }
}
