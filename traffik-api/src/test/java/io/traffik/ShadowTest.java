package io.traffik;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A throttle in shadow counts and reports, but denies nothing (rule T11). */
final class ShadowTest {

  private final MapBackend backend = new MapBackend();
  private final List<Decision> reported = new ArrayList<>();
  private final List<String> handled = new ArrayList<>();
  private Throttle shadow = backend.throttle("1/h").build();

  @BeforeEach
  void setUp() {
    shadow = inShadow(FailurePolicy.THROW);
  }

  private Throttle inShadow(FailurePolicy policy) {
    Throttle throttle =
        Throttle.builder("shadow")
            .rate("1/h")
            .backend(backend)
            .maxWait(Duration.ofHours(9))
            .onBackendFailure(policy)
            .onThrottled((view, decision, by) -> handled.add(by.uid()))
            .listener(
                new ThrottleListener() {
                  @Override
                  public void onDecision(
                      ConnectionView view, Decision decision, Throttle throttle) {
                    reported.add(decision);
                  }
                })
            .build();
    throttle.setShadow(true);
    return throttle;
  }

  @ParameterizedTest
  @EnumSource
  void t11_shadowCountsAndReportsButDeniesNothing(OperationForm form) {
    Decision first = form.enforce(shadow, TestView.GET);
    Decision second = form.enforce(shadow, TestView.GET);
    assertThat(first.allowed()).isTrue();
    assertThat(first.shadowed()).isFalse();
    assertThat(first.charged()).isEqualTo(1);
    assertThat(second.allowed()).isTrue();
    assertThat(second.shadowed()).isTrue();
    assertThat(second.charged()).isZero();
    assertThat(second.retryAfter()).hasValue(Duration.ofHours(1));
    assertThat(first.quotas()).as("what clients are told").isEmpty();
    assertThat(second).hasToString("shadow shadowed, remaining 0, retry after PT1H (1/h)");
    assertThat(reported).extracting(Decision::shadowed).containsExactly(false, true);
    assertThat(handled).isEmpty();
    shadow.setShadow(false);
    assertThat(form.enforce(shadow, TestView.GET).denied()).isTrue();
    assertThat(handled).containsExactly("shadow");
  }

  @ParameterizedTest
  @EnumSource
  void t11_aCostThatCanNeverFitPassesInShadow(OperationForm form) {
    assertThat(form.enforce(shadow, TestView.GET, 2).allowed()).isTrue();
    assertThat(reported.get(0).shadowed() && reported.get(0).impossible()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void t11_chargesOfAShadowAreRefundedAndDoNotWait(OperationForm form) {
    Charge charge = form.charge(shadow, TestView.GET);
    Charge waiting = shadow.reserve(TestView.GET, 1, Duration.ofHours(2));
    assertThat(waiting.decision().delay()).isZero();
    assertThat(waiting.decision().charged()).isEqualTo(1);
    waiting.refund();
    charge.refund();
    assertThat(shadow.peek(TestView.GET).remaining()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void t11_failuresAndMissingIdentitiesPassInShadow(OperationForm form) {
    assertThat(form.enforce(shadow, TestView.GET.remoteAddress(null)).allowed()).isTrue();
    backend.failing = true;
    assertThat(form.enforce(shadow, TestView.GET).allowed()).isTrue();
    assertThat(form.enforce(inShadow(FailurePolicy.DENY), TestView.GET).allowed()).isTrue();
  }

  @Test
  void t11_t6_aShadowNeverKeepsTheOthersOfAGroupFromDeciding() {
    Throttle other = backend.throttle("2/h").build();
    ThrottleGroup group = ThrottleGroup.of(List.of(shadow, other));
    for (int i = 0; i < 2; i++) {
      List<Charge> charges = group.charge(TestView.GET);
      assertThat(charges.get(0).decision().shadowed()).isEqualTo(i == 1);
      assertThat(charges.get(1).decision().charged()).isEqualTo(1);
    }
    assertThat(group.admit(TestView.GET, (throttle, decision) -> {}).denial())
        .hasValueSatisfying(e -> assertThat(e.decision().policyName()).isEqualTo("api"));
    assertThat(reported).as("nothing is taken or reported by a denied request").hasSize(2);
  }

  @Test
  void t11_aCostThatCanNeverFitPassesInTheShadowOfAGroup() {
    Throttle costly = Throttle.builder("costly").rate("1/h").cost(v -> 2).backend(backend).build();
    costly.setShadow(true);
    ThrottleGroup group = ThrottleGroup.of(List.of(costly, backend.throttle("1/h").build()));
    assertThat(group.charge(TestView.GET).get(0).decision().shadowed()).isTrue();
  }

  @Test
  void t11_shadowsOfAGroupMayFail() {
    MapBackend failing = new MapBackend();
    failing.failing = true;
    Throttle broken =
        Throttle.builder("broken")
            .rate("1/h")
            .backend(failing)
            .onBackendFailure(FailurePolicy.DENY)
            .build();
    broken.setShadow(true);
    ThrottleGroup group = ThrottleGroup.of(List.of(broken, backend.throttle("1/h").build()));
    assertThat(group.charge(TestView.GET)).hasSize(2);
  }

  @Test
  void t11_messagesOfAShadowPass() {
    List<TestView> messages = List.of(TestView.GET, TestView.GET, TestView.GET);
    assertThat(ThrottleGroup.of(List.of(shadow)).chargeEachAsync(messages))
        .allSatisfy(stage -> assertThat(stage.toCompletableFuture()).isCompleted());
    assertThat(reported).extracting(Decision::shadowed).containsExactly(false, true, true);
  }
}
