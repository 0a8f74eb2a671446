package io.traffik;

import static io.traffik.GroupFixture.group;
import static io.traffik.GroupFixture.remaining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Groups of throttles on several backends, and on backends that fail. */
final class ThrottleGroupFailureTest {

  private final GroupFixture fixture = new GroupFixture();
  private final GroupBackend backend = fixture.backend;
  private final GroupBackend second = fixture.second;
  private final List<String> events = fixture.events;

  private ThrottleBuilder throttle(String uid, Backend of, String rate) {
    return fixture.throttle(uid, of, rate);
  }

  @ParameterizedTest
  @EnumSource
  void f1_t8_eachThrottleAppliesItsFailurePolicy(OperationForm form) {
    backend.failing = true;
    Throttle open = throttle("open", backend, "9/h").build();
    Throttle alsoOpen = throttle("alsoOpen", backend, "9/h").build();
    ThrottleBuilder other = throttle("other", backend, "9/h");
    assertThat(form.charge(group(open, alsoOpen), TestView.GET))
        .allMatch(charge -> charge.decision().allowed() && charge.decision().degraded());
    Throttle denying = other.onBackendFailure(FailurePolicy.DENY).build();
    assertThatExceptionOfType(ConnectionThrottledException.class)
        .isThrownBy(() -> form.charge(group(open, denying), TestView.GET))
        .satisfies(e -> assertThat(e.throttle()).isSameAs(denying));
    events.clear();
    Throttle throwing = other.onBackendFailure(FailurePolicy.THROW).build();
    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(() -> form.charge(group(throwing, open), TestView.GET))
        .withMessage("unreachable");
    assertThat(events).containsExactly("other failed", "open failed");
  }

  @ParameterizedTest
  @EnumSource
  void f6_overloadDeniesWhateverTheFailurePolicy(OperationForm form) {
    backend.failure = new OverloadException("too many calls wait");
    Throttle first = throttle("first", backend, "9/h").build();
    Throttle last = throttle("last", backend, "9/h").build();
    assertThatExceptionOfType(ConnectionThrottledException.class)
        .isThrownBy(() -> form.charge(group(first, last), TestView.GET))
        .satisfies(e -> assertThat(e.throttle()).isSameAs(first))
        .satisfies(e -> assertThat(e.decision().overloaded()).isTrue());
    assertThat(events).containsExactly("first denied");
  }

  @ParameterizedTest
  @EnumSource
  void t6_severalBackendsArePeekedAtBeforeAnyIsCharged(OperationForm form) {
    Throttle local = throttle("local", backend, "9/h").build();
    Throttle remote = throttle("remote", second, "1/h").build();
    ThrottleGroup group = group(local, remote);
    form.charge(group, TestView.GET);
    assertThat(List.of(remaining(local), remaining(remote))).containsExactly(8L, 0L);
    backend.calls.clear();
    assertThatExceptionOfType(ConnectionThrottledException.class)
        .isThrownBy(() -> form.charge(group, TestView.GET));
    assertThat(backend.calls).containsExactly("PEEK local  1");
  }

  @ParameterizedTest
  @EnumSource
  void t6_aDenialOfALaterBackendAfterItsPeekRefundsTheEarlierOnes(OperationForm form) {
    Throttle local = throttle("local", backend, "9/h").build();
    Throttle remote = throttle("remote", second, "9/h").build();
    second.loseRace();
    assertThatExceptionOfType(ConnectionThrottledException.class)
        .isThrownBy(() -> form.charge(group(local, remote), TestView.GET))
        .satisfies(e -> assertThat(e.throttle()).isSameAs(remote));
    assertThat(backend.calls).endsWith("HIT local  1", "REFUND local  1");
    assertThat(events).containsExactly("remote denied");
    assertThat(remaining(local)).isEqualTo(9);
  }

  @ParameterizedTest
  @EnumSource
  void t6_refundsPrecedeTheHandlerOfTheDenial(OperationForm form) {
    Throttle local = throttle("local", backend, "9/h").build();
    Throttle remote =
        throttle("remote", second, "9/h")
            .onThrottled((view, decision, throttle) -> events.add("left " + remaining(local)))
            .build();
    second.loseRace();
    form.charge(group(local, remote), TestView.GET);
    assertThat(events).containsExactly("remote denied", "left 9", "local allowed");
    assertThat(remaining(local)).isEqualTo(8);
  }

  @ParameterizedTest
  @EnumSource
  void t6_f1_aFailureOfALaterBackendRefundsTheEarlierOnes(OperationForm form) {
    Throttle local = throttle("local", backend, "9/h").build();
    ThrottleBuilder remote = throttle("remote", second, "9/h");
    second.failure = new BackendException("lost");
    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(
            () ->
                form.charge(
                    group(local, remote.onBackendFailure(FailurePolicy.THROW).build()),
                    TestView.GET));
    assertThat(remaining(local)).isEqualTo(9);
    Throttle open = remote.onBackendFailure(FailurePolicy.ALLOW).build();
    form.charge(group(local, open), TestView.GET);
    assertThat(remaining(local)).isEqualTo(8);
    second.failing = true;
    second.together = 0;
    form.charge(group(open, local), TestView.GET);
    assertThat(second.together).as("calls after a failed peek").isZero();
    assertThat(remaining(local)).isEqualTo(7);
  }

  @Test
  void t6_h2_aFailurePassesOnTheStateOfTheOthers() {
    Throttle local = throttle("local", backend, "9/h").build();
    second.failing = true;
    Throttle remote =
        throttle("remote", second, "9/h").onBackendFailure(FailurePolicy.THROW).build();
    List<String> others = new ArrayList<>();
    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(
            () ->
                group(local, remote)
                    .charge(
                        TestView.GET,
                        (throttle, decision) ->
                            others.add(throttle.uid() + " " + decision.remaining())));
    assertThat(others).containsExactly("local 9");
  }
}
