package io.traffik;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The stages of an operation before and after the backend call. */
final class EvaluationOrderTest {

  private final MapBackend backend = new MapBackend();

  @ParameterizedTest
  @EnumSource
  void t1_eachStageSkipsTheLaterStages(OperationForm form) {
    List<String> stages = new ArrayList<>();
    AtomicBoolean on = new AtomicBoolean();
    AtomicReference<Identity> identity = new AtomicReference<>(Identity.EXEMPT);
    ThrottleBuilder builder =
        Throttle.builder("api")
            .rate("1/h")
            .enabled(
                () -> {
                  stages.add("enabled");
                  return on.get();
                })
            .backend(
                view -> {
                  stages.add("backend");
                  return backend;
                })
            .identifier(
                view -> {
                  stages.add("identity");
                  return identity.get();
                })
            .cost(
                view -> {
                  stages.add("cost");
                  return 1;
                })
            .scope(
                view -> {
                  stages.add("key");
                  return "";
                })
            .onThrottled((view, decision, throttle) -> stages.add("handler"));
    Throttle api = builder.build();
    assertThat(form.enforce(api, TestView.GET).exempt()).isTrue();
    on.set(true);
    assertThat(form.enforce(api, TestView.GET).exempt()).isTrue();
    assertThat(stages).containsExactly("enabled", "enabled", "backend", "identity");
    assertThat(backend.calls).isEmpty();
    identity.set(Identity.of("bob"));
    form.enforce(api, TestView.GET);
    stages.clear();
    assertThat(form.enforce(api, TestView.GET).denied()).isTrue();
    assertThat(stages).containsExactly("enabled", "backend", "identity", "cost", "key", "handler");
  }

  @ParameterizedTest
  @EnumSource
  void t1_i5_exemptAndUnlimitedCallNoBackend(OperationForm form) {
    Decision unlimited = form.hit(backend.throttle().rate(Rate.UNLIMITED).build(), TestView.GET);
    Decision exempt =
        form.hit(backend.throttle("1/h").identifier(view -> Identity.EXEMPT).build(), TestView.GET);
    for (Decision decision : List.of(unlimited, exempt)) {
      assertThat(decision.allowed()).isTrue();
      assertThat(decision.exempt()).isTrue();
      assertThat(decision.quotas()).isEmpty();
      assertThat(decision.remaining()).isEqualTo(Long.MAX_VALUE);
    }
    assertThat(backend.calls).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void t2_t3_theDefaultHandlerThrows(OperationForm form) {
    Throttle api = backend.throttle("1/90s").build();
    form.enforce(api, TestView.GET);
    assertThatExceptionOfType(ConnectionThrottledException.class)
        .isThrownBy(() -> form.enforce(api, TestView.GET))
        .withMessage("Too Many Requests. Retry after 90 seconds.")
        .satisfies(
            e -> {
              assertThat(e.status()).isEqualTo(429);
              assertThat(e.retryAfter()).hasValue(Duration.ofSeconds(90));
              assertThat(e.headers()).containsExactly(java.util.Map.entry("Retry-After", "90"));
              assertThat(e.getStackTrace()).isEmpty();
            });
    Throttle impossible = backend.throttle("1/s").cost(view -> 2).build();
    assertThatExceptionOfType(ConnectionThrottledException.class)
        .isThrownBy(() -> form.enforce(impossible, TestView.GET))
        .withMessage("Too Many Requests")
        .satisfies(e -> assertThat(e.headers()).isEmpty());
  }

  @ParameterizedTest
  @EnumSource
  void t2_aHandlerThatReturnsLetsTheConnectionPass(OperationForm form) {
    Throttle api = backend.throttle("1/h").onThrottled((view, decision, throttle) -> {}).build();
    form.enforce(api, TestView.GET);
    assertThat(form.enforce(api, TestView.GET).denied()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void i6_settingsOfTheThrottlePrecedeThoseOfTheRegistry(OperationForm form) {
    List<String> handlers = new ArrayList<>();
    ThrottleRegistry throttles =
        ThrottleRegistry.builder()
            .backend(backend)
            .identifier(view -> Identity.of("registry"))
            .onThrottled((view, decision, throttle) -> handlers.add("registry"))
            .build();
    Throttle plain = throttles.throttle("plain").rate("1/h").build();
    Throttle explicit =
        throttles
            .throttle("explicit")
            .rate("1/h")
            .identifier(view -> Identity.of("throttle"))
            .onThrottled((view, decision, throttle) -> handlers.add("throttle"))
            .build();
    for (Throttle each : List.of(plain, plain, explicit, explicit)) {
      form.enforce(each, TestView.GET);
    }
    assertThat(handlers).containsExactly("registry", "throttle");
    assertThat(backend.calls).contains("HIT registry GET /a 1", "HIT throttle GET /a 1");
  }

  @ParameterizedTest
  @EnumSource
  void i4_theAnonymousPolicyDecidesWithoutIdentity(OperationForm form) {
    TestView anonymous = TestView.GET.remoteAddress(null);
    assertThatExceptionOfType(AnonymousConnectionException.class)
        .isThrownBy(() -> form.hit(backend.throttle("1/h").build(), anonymous))
        .withMessageContaining("no remote address");
    Decision denied =
        form.hit(backend.throttle("1/h").onAnonymous(AnonymousPolicy.DENY).build(), anonymous);
    assertThat(denied.denied()).isTrue();
    assertThat(denied.retryAfter()).isEmpty();
    assertThat(
            form.hit(backend.throttle("1/h").onAnonymous(AnonymousPolicy.EXEMPT).build(), anonymous)
                .exempt())
        .isTrue();
    assertThat(backend.calls).isEmpty();
    Throttle shared = backend.throttle("1/h").onAnonymous(AnonymousPolicy.SHARED).build();
    assertThat(form.hit(shared, anonymous).allowed()).isTrue();
    assertThat(form.hit(shared, anonymous.remoteAddress("not an address")).denied()).isTrue();
    assertThat(backend.calls).contains("HIT  GET /a 1");
  }

  @ParameterizedTest
  @EnumSource
  void t1_i5_i4_theCostIsIgnoredIfAnEarlierStageDecides(OperationForm form) {
    Decision exempt =
        form.hit(backend.throttle("1/h").identifier(v -> Identity.EXEMPT).build(), TestView.GET, 2);
    assertThat(exempt.allowed()).isTrue();
    assertThat(exempt.impossible()).isFalse();
    Throttle denying = backend.throttle("1/h").onAnonymous(AnonymousPolicy.DENY).build();
    Decision denied = form.hit(denying, TestView.GET.remoteAddress(null), 2);
    assertThat(denied.denied()).isTrue();
    assertThat(denied.impossible()).isFalse();
  }

  @Test
  void t7_asynchronousFormsFailTheStageWithTheException() {
    Throttle api =
        backend
            .throttle("1/h")
            .identifier(
                view -> {
                  throw new UnsupportedOperationException("no session");
                })
            .build();
    assertFails(api.hitAsync(TestView.GET), UnsupportedOperationException.class);
    assertFails(api.enforceAsync(TestView.GET), UnsupportedOperationException.class);
    assertFails(api.hitAsync(null), NullPointerException.class);
    assertFails(api.hitAsync(TestView.GET, -1), IllegalArgumentException.class);
    assertFails(
        Throttle.builder("x").rate("1/s").build().peekAsync(TestView.GET),
        ConfigurationException.class);
    Throttle one = backend.throttle("1/h").build();
    one.hit(TestView.GET);
    assertFails(one.enforceAsync(TestView.GET), ConnectionThrottledException.class);
  }

  private static void assertFails(CompletionStage<?> stage, Class<? extends Throwable> type) {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    stage.whenComplete((value, failure) -> thrown.set(failure));
    assertThat(thrown.get()).isInstanceOf(type);
  }
}
