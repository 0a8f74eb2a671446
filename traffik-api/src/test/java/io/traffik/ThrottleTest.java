package io.traffik;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.traffik.Backend.Operation;
import io.traffik.Decision.Quota;
import io.traffik.spi.Margin;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a throttle does with a hit, in both forms. */
final class ThrottleTest {

  private final MapBackend backend = new MapBackend();

  private ThrottleBuilder throttle(String... rates) {
    ThrottleBuilder builder = Throttle.builder("api").backend(backend);
    for (String rate : rates) {
      builder.rate(rate);
    }
    return builder;
  }

  @ParameterizedTest
  @EnumSource
  void b2_b4_hitTakesAndADenialSaysHowLong(OperationForm form) {
    Throttle api = throttle("2/min").build();
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

  /** As of a backend whose clock is behind the one that wrote last. */
  @ParameterizedTest
  @EnumSource
  void b4_aWaitLongerThanTheBucketExplainsLeavesNothingAndNotLess(OperationForm form) {
    MapBackend behind =
        new MapBackend() {
          @Override
          public long[] decide(
              Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
            return new long[] {-Duration.ofSeconds(100).toNanos()};
          }
        };
    Decision denied = form.hit(throttle("2/min").backend(behind).build(), TestView.GET);
    assertThat(denied.retryAfter()).hasValue(Duration.ofSeconds(100));
    assertThat(denied.remaining()).isZero();
    assertThat(denied.resetAfter()).isEqualTo(Duration.ofSeconds(130));
    assertThat(denied.quotas()).extracting(Quota::remaining).containsExactly(0L);
  }

  @ParameterizedTest
  @EnumSource
  void b5_whatCanNeverFitIsImpossibleWhateverIsThere(OperationForm form) {
    Throttle api = throttle("5/s", "100/h").build();
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
  void b6_costZeroPassesAndANegativeOneIsRefused(OperationForm form) {
    Throttle api = throttle("1/h").build();
    form.hit(api, TestView.GET);
    assertThat(form.hit(api, TestView.GET, 0).allowed()).isTrue();
    Throttle negative = throttle("1/h").cost(view -> -1).build();
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
    Throttle api = throttle("2/s", "3/h").build();
    form.hit(api, TestView.GET);
    Decision second = form.hit(api, TestView.GET);
    assertThat(second.remaining()).isZero();
    assertThat(second.rate()).isEqualTo(Rate.perSecond(2));
    assertThat(second.quotas()).extracting(Quota::remaining).containsExactly(0L, 1L);
    Decision denied = form.hit(api, TestView.GET);
    assertThat(denied.rate()).isEqualTo(Rate.perSecond(2));
    assertThat(denied.policyName()).isEqualTo("api-1");
    assertThat(denied.quotas()).extracting(Quota::remaining).containsExactly(0L, 1L);
    // The first has less left, the second takes longer.
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
  void b12_peekTakesNothingAndRefundGivesBack(OperationForm form) {
    Throttle api = throttle("3/h").build();
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
  void t1_eachStageStopsThoseBehindIt(OperationForm form) {
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
  void t1_i5_exemptAndUnlimitedLeaveNoTrace(OperationForm form) {
    Decision unlimited = form.hit(throttle().rate(Rate.UNLIMITED).build(), TestView.GET);
    Decision exempt =
        form.hit(throttle("1/h").identifier(view -> Identity.EXEMPT).build(), TestView.GET);
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
    Throttle api = throttle("1/90s").build();
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
    Throttle impossible = throttle("1/s").cost(view -> 2).build();
    assertThatExceptionOfType(ConnectionThrottledException.class)
        .isThrownBy(() -> form.enforce(impossible, TestView.GET))
        .withMessage("Too Many Requests")
        .satisfies(e -> assertThat(e.headers()).isEmpty());
  }

  @ParameterizedTest
  @EnumSource
  void t2_aHandlerThatReturnsLetsTheConnectionPass(OperationForm form) {
    Throttle api = throttle("1/h").onThrottled((view, decision, throttle) -> {}).build();
    form.enforce(api, TestView.GET);
    assertThat(form.enforce(api, TestView.GET).denied()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void i6_theThrottlesOwnComesBeforeTheBackends(OperationForm form) {
    backend.identifier = view -> Identity.of("backends");
    List<String> handlers = new ArrayList<>();
    backend.handler = (view, decision, throttle) -> handlers.add("backends");
    Throttle plain = throttle("1/h").build();
    Throttle own =
        throttle("1/h")
            .identifier(view -> Identity.of("own"))
            .onThrottled((view, decision, throttle) -> handlers.add("own"))
            .build();
    for (Throttle each : List.of(plain, plain, own, own)) {
      form.enforce(each, TestView.GET);
    }
    assertThat(handlers).containsExactly("backends", "own");
    assertThat(backend.calls).contains("HIT backends GET /a 1", "HIT own GET /a 1");
  }

  @ParameterizedTest
  @EnumSource
  void i4_aClientThatNobodyCanNameIsThePolicys(OperationForm form) {
    TestView nobody = TestView.GET.remoteAddress(null);
    assertThatExceptionOfType(AnonymousConnectionException.class)
        .isThrownBy(() -> form.hit(throttle("1/h").build(), nobody))
        .withMessageContaining("no peer address");
    Decision denied = form.hit(throttle("1/h").onAnonymous(AnonymousPolicy.DENY).build(), nobody);
    assertThat(denied.denied()).isTrue();
    assertThat(denied.retryAfter()).isEmpty();
    assertThat(
            form.hit(throttle("1/h").onAnonymous(AnonymousPolicy.EXEMPT).build(), nobody).exempt())
        .isTrue();
    assertThat(backend.calls).isEmpty();
    Throttle shared = throttle("1/h").onAnonymous(AnonymousPolicy.SHARED).build();
    assertThat(form.hit(shared, nobody).allowed()).isTrue();
    assertThat(form.hit(shared, nobody.remoteAddress("not an address")).denied()).isTrue();
    assertThat(backend.calls).contains("HIT  GET /a 1");
  }

  @ParameterizedTest
  @EnumSource
  void f1_thePolicyDecidesWhenTheBackendFails(OperationForm form) {
    backend.failing = true;
    Decision allowed = form.hit(throttle("1/h").build(), TestView.GET);
    assertThat(allowed.allowed()).isTrue();
    assertThat(allowed.degraded()).isTrue();
    assertThat(allowed.charged()).isZero();
    Decision denied =
        form.hit(throttle("1/h").onBackendFailure(FailurePolicy.DENY).build(), TestView.GET);
    assertThat(denied.denied()).isTrue();
    assertThat(denied.degraded()).isTrue();
    assertThat(denied.retryAfter()).isEmpty();
    List<BackendException> heard = new ArrayList<>();
    ThrottleListener listener =
        new ThrottleListener() {
          @Override
          public void onBackendFailure(
              ConnectionView view, BackendException failure, Throttle throttle) {
            heard.add(failure);
            throw new IllegalStateException("a listener's own fault");
          }
        };
    Throttle raising =
        throttle("1/h").onBackendFailure(FailurePolicy.THROW).listener(listener).build();
    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(() -> form.hit(raising, TestView.GET))
        .withMessage("out of reach");
    assertThat(heard).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource
  void b5_f1_whatCanNeverFitIsDeniedThoughTheBackendFails(OperationForm form) {
    backend.failing = true;
    Decision decision = form.hit(throttle("1/h").build(), TestView.GET, 2);
    assertThat(decision.denied()).isTrue();
    assertThat(decision.impossible()).isTrue();
    assertThat(decision.degraded()).isTrue();
    assertThat(decision.remaining()).isZero();
    assertThat(decision.retryAfter()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void t1_i5_i4_whoNeedsNoCostIsNotJudgedByIt(OperationForm form) {
    Decision exempt =
        form.hit(throttle("1/h").identifier(v -> Identity.EXEMPT).build(), TestView.GET, 2);
    assertThat(exempt.allowed()).isTrue();
    assertThat(exempt.impossible()).isFalse();
    Throttle refusing = throttle("1/h").onAnonymous(AnonymousPolicy.DENY).build();
    Decision refused = form.hit(refusing, TestView.GET.remoteAddress(null), 2);
    assertThat(refused.denied()).isTrue();
    assertThat(refused.impossible()).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void b9_aCostByFunctionIsToldWithTheDecision(OperationForm form) {
    for (String[] rates : new String[][] {{"10/h"}, {"10/h", "20/h"}}) {
      backend.reset();
      Throttle api = throttle(rates).cost(view -> 4).build();
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
  void f1_aMarginOfMoreThan140YearsIsAFailure(OperationForm form) {
    for (long margin : new long[] {PolicyOutcome.EXEMPT, PolicyOutcome.DENIED_ON_FAILURE}) {
      Backend wrong =
          new MapBackend() {
            @Override
            public long[] decide(
                Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
              return new long[] {margin};
            }
          };
      Throttle api = throttle("1/s").backend(wrong).onBackendFailure(FailurePolicy.THROW).build();
      assertThatThrownBy(() -> form.hit(api, TestView.GET))
          .isInstanceOf(BackendException.class)
          .hasMessageContaining("at most 140 years: " + margin);
    }
  }

  @ParameterizedTest
  @EnumSource
  void f1_whateverABackendThrowsIsAFailureButForAClosedOne(OperationForm form) {
    for (Exception thrown :
        List.of(
            new CancellationException(),
            new NumberFormatException("garbage"),
            new IllegalArgumentException("a store's own"),
            new java.io.IOException("sneaked"),
            new NullPointerException())) {
      assertThat(
              form.hit(throttle("1/s").backend(throwing(thrown)).build(), TestView.GET).degraded())
          .as("%s", thrown)
          .isTrue();
    }
    Throttle closed =
        throttle("1/s").backend(throwing(new IllegalStateException("closed"))).build();
    assertThatThrownBy(() -> form.hit(closed, TestView.GET))
        .isInstanceOf(IllegalStateException.class);
  }

  private static Backend throwing(Exception thrown) {
    return new MapBackend() {
      @Override
      public long[] decide(
          Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
        throw sneaky(thrown);
      }

      @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
      private <E extends Exception> E sneaky(Exception thrown) throws E {
        throw (E) thrown;
      }
    };
  }

  @ParameterizedTest
  @EnumSource
  void b8_aWaitLongerThanTheTimeToFillShowsNoLessThanNothing(OperationForm form) {
    for (long margin :
        new long[] {-Duration.ofMinutes(5).toNanos(), Duration.ofDays(1).toNanos()}) {
      Backend setBack =
          new MapBackend() {
            @Override
            public long[] decide(
                Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
              return new long[] {margin};
            }
          };
      Decision decision = form.hit(throttle("60/min").backend(setBack).build(), TestView.GET);
      assertThat(decision.remaining()).isBetween(0L, 60L);
      assertThat(decision.resetAfter()).isBetween(Duration.ZERO, Duration.ofMinutes(6));
      assertThat(decision.quotas().get(0).remaining()).isEqualTo(decision.remaining());
    }
  }

  @Test
  void t7_aNullStageIsAFailure() {
    Backend wrong =
        new MapBackend() {
          @Override
          public CompletionStage<long[]> decideAsync(
              Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
            return null;
          }
        };
    Throttle api = throttle("1/s").backend(wrong).build();
    assertThat(api.hitAsync(TestView.GET).toCompletableFuture().join().degraded()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void f1_aWrongNumberOfMarginsIsAFailure(OperationForm form) {
    Backend wrong =
        new MapBackend() {
          @Override
          public long[] decide(
              Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
            return new long[3];
          }
        };
    Throttle api =
        Throttle.builder("api")
            .rate("1/s")
            .rate("2/h")
            .backend(wrong)
            .onBackendFailure(FailurePolicy.THROW)
            .build();
    assertThatThrownBy(() -> form.hit(api, TestView.GET))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("one margin per rate, 2: 3");
  }

  @Test
  void t7_asynchronousFormsFailTheStageWithWhatWasThrown() {
    Throttle api =
        throttle("1/h")
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
    Throttle one = throttle("1/h").build();
    one.hit(TestView.GET);
    assertFails(one.enforceAsync(TestView.GET), ConnectionThrottledException.class);
  }

  private static void assertFails(CompletionStage<?> stage, Class<? extends Throwable> type) {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    stage.whenComplete((value, failure) -> thrown.set(failure));
    assertThat(thrown.get()).isInstanceOf(type);
  }

  @Test
  void f3_aStandInsAnswerIsDegraded() {
    Backend standIn =
        new MapBackend() {
          @Override
          public long[] decide(
              Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
            long[] margins = super.decide(operation, policy, identity, scope, cost);
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
