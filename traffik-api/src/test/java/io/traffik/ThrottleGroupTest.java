package io.traffik;

import static io.traffik.GroupFixture.group;
import static io.traffik.GroupFixture.remaining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Throttles that decide together on one backend: T6. */
final class ThrottleGroupTest {

  private final GroupFixture fixture = new GroupFixture();
  private final GroupBackend backend = fixture.backend;
  private final List<String> events = fixture.events;

  private ThrottleBuilder throttle(String uid, Backend of, String rate) {
    return fixture.throttle(uid, of, rate);
  }

  @ParameterizedTest
  @EnumSource
  void t6_b15_allThrottlesOfABackendAreChargedByOneCall(OperationForm form) {
    Throttle shared = throttle("shared", backend, "20/h").build();
    Throttle own = throttle("own", backend, "4/h").cost(2).build();
    List<Charge> charges = form.charge(group(shared, own), TestView.GET);
    assertThat(backend.together).isOne();
    assertThat(charges)
        .extracting(charge -> charge.decision().charged(), charge -> charge.decision().remaining())
        .containsExactly(tuple(1L, 19L), tuple(2L, 2L));
    assertThat(events).containsExactly("shared allowed", "own allowed");
    form.refund(charges.get(1));
    assertThat(remaining(own)).isEqualTo(4);
    assertThat(remaining(shared)).isEqualTo(19);
  }

  @ParameterizedTest
  @EnumSource
  void t6_aDenialTakesNothingFromTheOthersInAnyOrder(OperationForm form) {
    Throttle shared = throttle("shared", backend, "20/h").build();
    Throttle own = throttle("own", backend, "1/h").build();
    form.charge(group(shared, own), TestView.GET);
    for (ThrottleGroup group : List.of(group(shared, own), group(own, shared))) {
      events.clear();
      backend.calls.clear();
      assertThatExceptionOfType(ConnectionThrottledException.class)
          .isThrownBy(() -> form.charge(group, TestView.GET))
          .satisfies(e -> assertThat(e.throttle()).isSameAs(own))
          .satisfies(e -> assertThat(e.decision().retryAfter()).isPresent());
      assertThat(backend.calls).allMatch(call -> call.startsWith("PEEK"));
      assertThat(events).as("T8").containsExactly("own denied");
    }
    assertThat(remaining(shared)).isEqualTo(19);
  }

  @ParameterizedTest
  @EnumSource
  void t6_theFirstThrottleThatDeniesReports(OperationForm form) {
    Throttle first = throttle("first", backend, "1/h").build();
    Throttle middle = throttle("middle", backend, "9/h").build();
    Throttle last = throttle("last", backend, "1/h").build();
    ThrottleGroup group = group(middle, first, last);
    form.charge(group, TestView.GET);
    events.clear();
    assertThatExceptionOfType(ConnectionThrottledException.class)
        .isThrownBy(() -> form.charge(group, TestView.GET))
        .satisfies(e -> assertThat(e.throttle()).isSameAs(first));
    assertThat(events).containsExactly("first denied");
  }

  @ParameterizedTest
  @EnumSource
  void t6_t2_aHandlerThatReturnsLeavesTheDecisionToTheOthers(OperationForm form) {
    Throttle observed =
        throttle("observed", backend, "1/h")
            .onThrottled((view, decision, throttle) -> events.add("handler"))
            .build();
    Throttle own = throttle("own", backend, "2/h").build();
    ThrottleGroup group = group(observed, own);
    form.charge(group, TestView.GET);
    events.clear();
    List<Charge> charges = form.charge(group, TestView.GET);
    assertThat(charges)
        .extracting(charge -> charge.decision().allowed())
        .containsExactly(false, true);
    assertThat(charges.get(1).decision().charged()).isOne();
    assertThat(events).containsExactly("observed denied", "handler", "own allowed");
    events.clear();
    assertThatExceptionOfType(ConnectionThrottledException.class)
        .isThrownBy(() -> form.charge(group, TestView.GET))
        .satisfies(e -> assertThat(e.throttle()).isSameAs(own));
    assertThat(events).containsExactly("observed denied", "handler", "own denied");
  }

  @ParameterizedTest
  @EnumSource
  void t1_whatThrowsBeforeTheKeyChargesNothing(OperationForm form) {
    Throttle shared = throttle("shared", backend, "20/h").build();
    Throttle anonymous = throttle("anonymous", backend, "1/h").identifier(view -> null).build();
    Throttle negative = throttle("negative", backend, "1/h").cost(view -> -1).build();
    assertThatExceptionOfType(AnonymousConnectionException.class)
        .isThrownBy(() -> form.charge(group(shared, anonymous), TestView.GET));
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> form.charge(group(shared, negative), TestView.GET));
    assertThatExceptionOfType(NullPointerException.class)
        .isThrownBy(() -> form.charge(group(shared, negative), null));
    assertThat(backend.calls).isEmpty();
    assertThat(events).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void t1_throttlesThatDecideWithoutABackendTakePart(OperationForm form) {
    Throttle shared = throttle("shared", backend, "20/h").build();
    Throttle exempt =
        throttle("exempt", backend, "1/h").identifier(view -> Identity.EXEMPT).build();
    Throttle off = throttle("off", backend, "1/h").enabled(() -> false).build();
    Throttle unknown =
        throttle("unknown", backend, "1/h")
            .identifier(view -> null)
            .onAnonymous(AnonymousPolicy.DENY)
            .build();
    Throttle tooLarge = throttle("tooLarge", backend, "1/h").cost(view -> 2).build();
    assertThat(form.charge(group(exempt, shared, off), TestView.GET))
        .extracting(charge -> charge.decision().exempt())
        .containsExactly(true, false, true);
    assertThat(events).containsExactly("exempt allowed", "shared allowed", "off allowed");
    backend.calls.clear();
    for (Throttle denying : List.of(unknown, tooLarge)) {
      assertThatExceptionOfType(ConnectionThrottledException.class)
          .isThrownBy(() -> form.charge(group(exempt, shared, denying), TestView.GET))
          .satisfies(e -> assertThat(e.throttle()).isSameAs(denying));
    }
    assertThat(backend.calls).allMatch(call -> call.startsWith("PEEK"));
    Throttle full = throttle("full", backend, "1/h").build();
    form.charge(group(full), TestView.GET);
    assertThatExceptionOfType(ConnectionThrottledException.class)
        .isThrownBy(() -> form.charge(group(full, unknown), TestView.GET))
        .satisfies(e -> assertThat(e.throttle()).as("the first in order").isSameAs(full));
  }

  @ParameterizedTest
  @EnumSource
  void t6_throttlesThatShareABucketNeedTheTokensOfBoth(OperationForm form) {
    Throttle one = throttle("same", backend, "3/h").build();
    Throttle two = throttle("same", backend, "3/h").cost(2).build();
    form.charge(group(one, two), TestView.GET);
    assertThat(remaining(one)).isZero();
    backend.reset();
    one.hit(TestView.GET);
    assertThatExceptionOfType(ConnectionThrottledException.class)
        .isThrownBy(() -> form.charge(group(one, two), TestView.GET));
    assertThat(remaining(one)).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource
  void t6_aGroupOfOneIsItsThrottle(OperationForm form) {
    Throttle own = throttle("own", backend, "1/h").build();
    assertThat(form.charge(group(own, own), TestView.GET)).hasSize(1);
    assertThatExceptionOfType(ConnectionThrottledException.class)
        .isThrownBy(() -> form.charge(group(own), TestView.GET));
    assertThat(backend.calls).containsExactly("HIT own  1", "HIT own  1");
    assertThat(backend.together).isZero();
    assertThat(form.charge(group(), TestView.GET)).isEmpty();
  }

  @Test
  void t6_h2_aDenialPassesOnTheStateOfTheOthers() {
    Throttle observed =
        throttle("observed", backend, "1/h").onThrottled((view, decision, t) -> {}).build();
    Throttle own = throttle("own", backend, "1/h").build();
    Throttle shared = throttle("shared", backend, "20/h").build();
    ThrottleGroup group = group(shared, observed, own);
    List<String> others = new ArrayList<>();
    group.charge(TestView.GET, (throttle, decision) -> others.add(throttle.uid()));
    assertThat(others).isEmpty();
    List<String> last = new ArrayList<>();
    assertThatExceptionOfType(ConnectionThrottledException.class)
        .isThrownBy(
            () ->
                group.charge(
                    TestView.GET,
                    (throttle, decision) ->
                        last.add(throttle.uid() + " " + decision.allowed() + decision.remaining())))
        .satisfies(e -> assertThat(e.throttle()).isSameAs(own));
    assertThat(last.subList(last.size() - 2, last.size()))
        .containsExactly("shared true19", "observed false0");
  }
}
