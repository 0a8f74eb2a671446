package io.traffik;

import static io.traffik.GroupFixture.group;
import static io.traffik.GroupFixture.remaining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Denials as values, of one throttle and of several: T2, T6. */
final class AdmissionTest {

  private final GroupFixture fixture = new GroupFixture();
  private final Map<Throttle, Decision> others = new HashMap<>();

  private ThrottleBuilder throttle(String uid, String rate) {
    return fixture.throttle(uid, fixture.backend, rate);
  }

  /** Two throttles, or the second one alone. */
  private ThrottleGroup groupOf(boolean several, Throttle own) {
    return several ? group(throttle("shared", "20/h").build(), own) : group(own);
  }

  private Admission admit(ThrottleGroup group) {
    return group.admit(TestView.GET, others::put);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void t2_t6_aDenialIsTheExceptionThatChargeThrows(boolean several) {
    Throttle own = throttle("own", "1/h").build();
    ThrottleGroup group = groupOf(several, own);
    Admission admitted = admit(group);
    assertThat(admitted.denial()).isEmpty();
    assertThat(admitted.charges()).hasSameSizeAs(group.throttles());
    fixture.events.clear();

    Admission denied = admit(group);
    assertThat(denied.charges()).isEmpty();
    ConnectionThrottledException denial = denied.denial().orElseThrow();
    assertThat(denial.throttle()).isSameAs(own);
    assertThat(denial.decision().retryAfter()).isPresent();
    assertThat(fixture.events).as("T8").containsExactly("own denied");
    assertThat(others).hasSize(several ? 1 : 0);

    ConnectionThrottledException thrown =
        catchThrowableOfType(
            ConnectionThrottledException.class, () -> group.charge(TestView.GET, others::put));
    assertThat(denial).hasMessage(thrown.getMessage());
    assertThat(denial.headers()).isEqualTo(thrown.headers());
    assertThat(remaining(group.throttles().get(0))).isEqualTo(several ? 19 : 0);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void t2_anotherHandlerDecidesWhetherTheConnectionProceeds(boolean several) {
    List<String> handled = new ArrayList<>();
    Throttle observed =
        throttle("observed", "1/h")
            .onThrottled((view, decision, throttle) -> handled.add(throttle.uid()))
            .build();
    ThrottleGroup group = groupOf(several, observed);
    admit(group);
    Admission admitted = admit(group);
    assertThat(handled).containsExactly("observed");
    assertThat(admitted.denial()).isEmpty();
    assertThat(admitted.charges()).hasSameSizeAs(group.throttles());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void t2_whatAnotherHandlerThrowsIsReturnedIfItIsADenial(boolean several) {
    Throttle own =
        throttle("own", "1/h")
            .onThrottled(
                (view, decision, throttle) -> {
                  throw new ConnectionThrottledException(throttle, decision, Map.of("X-Why", "y"));
                })
            .build();
    ThrottleGroup group = groupOf(several, own);
    admit(group);
    assertThat(admit(group).denial().orElseThrow().headers()).containsEntry("X-Why", "y");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void t2_otherExceptionsAreThrown(boolean several) {
    Throttle own =
        throttle("own", "1/h")
            .onThrottled(
                (view, decision, throttle) -> {
                  throw new IllegalArgumentException("not a denial");
                })
            .build();
    ThrottleGroup group = groupOf(several, own);
    admit(group);
    assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> admit(group));
  }

  @Test
  void t4_theMessageSaysWhenToRetry() {
    Throttle own = throttle("own", "1/h").build();
    admit(group(own));
    assertThat(admit(group(own)).denial().orElseThrow())
        .hasMessage("Too Many Requests. Retry after 3600 seconds.");
  }
}
