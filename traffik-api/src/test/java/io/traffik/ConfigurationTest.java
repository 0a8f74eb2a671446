package io.traffik;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.traffik.Backend.Operation;
import io.traffik.Decision.Quota;
import io.traffik.spi.BackendCall;
import io.traffik.spi.Margin;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Invalid configuration fails with a message that states the problem and the value. */
final class ConfigurationTest {

  private static void rejects(ThrowingCallable call, String message) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(call)
        .withMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t\n"})
  void t5_blankUid(String uid) {
    rejects(
        () -> Throttle.builder(uid).rate("1/s").build(), "uid must not be blank: \"" + uid + "\"");
  }

  /** Servers reject responses with longer fields, so that each request would fail. */
  @Test
  void t5_aUidThatIsTooLongForAHeaderField() {
    for (String longest :
        new String[] {"u".repeat(160), "\u4e16".repeat(17), "\"".repeat(80), "%".repeat(53)}) {
      assertThat(Throttle.builder(longest).rate("1/s").build().uid()).isEqualTo(longest);
      rejects(
          () -> Throttle.builder(longest + longest.charAt(0)).rate("1/s").build(),
          "uid must take at most 160 characters in a header field (special characters take up to"
              + " 9): ");
    }
    rejects(
        () -> Throttle.builder("u".repeat(9_000)).rate("1/s").build(),
        "9000 for \"" + "u".repeat(160) + "\"; shorten it");
  }

  @Test
  void t5_dynamicWithAFixedBackend() {
    rejects(
        () -> Throttle.builder("a").rate("1/s").backend(new MapBackend()).dynamicBackend().build(),
        "Throttle \"a\" must not combine a dynamic and a fixed backend: \"map\"");
    Throttle byFunction =
        Throttle.builder("a").rate("1/s").backend(ConnectionView::backend).dynamicBackend().build();
    assertThat(byFunction.uid()).isEqualTo("a");
  }

  @Test
  void r2_validRatesAreRequired() {
    rejects(() -> Throttle.builder("a").build(), "Throttle \"a\": There must be at least one rate");
    rejects(
        () -> Throttle.builder("a").rate("1/s").rate(Rate.UNLIMITED).build(),
        "must not be mixed with others: [1/s, unlimited]; remove the unlimited one");
    ThrottleBuilder many = Throttle.builder("a");
    for (int i = 0; i < 17; i++) {
      many.rate("1/s");
    }
    rejects(many::build, "must be at most 16 rates: 17");
  }

  @Test
  void b5_b6_aFixedCostMustFit() {
    rejects(
        () -> Throttle.builder("a").rate("5/s").cost(6).build(),
        "cost 6 of throttle \"a\" exceeds its smallest capacity, 5: every hit would be denied");
    rejects(() -> Throttle.builder("a").rate("5/s").cost(-1).build(), "must be at least 0: -1");
  }

  @Test
  void b13_b14_aMaxWaitAndAMaxDebtMustBeInRange() {
    rejects(
        () -> Throttle.builder("a").rate("5/s").maxWait(Duration.ofNanos(-1)).build(),
        "maxWait of throttle \"a\" must not be negative: PT-0.000000001S");
    Duration longest = Duration.ofNanos(Margin.MAX_NANOS).minusSeconds(1);
    assertThat(Throttle.builder("a").rate("5/s").maxWait(longest).build().uid()).isEqualTo("a");
    rejects(
        () -> Throttle.builder("a").rate("5/s").maxWait(longest.plusNanos(1)).build(),
        "maxWait of throttle \"a\" must be at most " + longest);
    rejects(
        () -> Throttle.builder("a").rate("5/s").maxDebt(-1).build(),
        "maxDebt of throttle \"a\" must be at least 0: -1");
  }

  @Test
  void t4_nullParametersAreNamed() {
    assertThatNullPointerException()
        .isThrownBy(() -> Throttle.builder(null))
        .withMessage("uid must not be null");
    assertThatNullPointerException()
        .isThrownBy(() -> Throttle.builder("a").rate((String) null))
        .withMessage("rate must not be null");
    assertThatNullPointerException()
        .isThrownBy(() -> Throttle.builder("a").identifier(null))
        .withMessage("identifier must not be null");
    Throttle api = Throttle.builder("a").rate("1/s").backend(new MapBackend()).build();
    Decision decision = api.hit(TestView.GET);
    rejectsNull(() -> api.enforce(null), "view");
    rejectsNull(() -> api.reserve(TestView.GET, 1, null), "patience");
    rejectsNull(() -> api.hit((Identity) null), "identity");
    rejectsNull(() -> Throttle.builder("a").maxWait(null), "maxWait");
    rejectsNull(() -> Throttle.builder("a").clock(null), "clock");
    rejectsNull(() -> QuotaPolicy.of(null, List.of()), "uid");
    rejectsNull(() -> QuotaPolicy.of("a", null), "rates");
    rejectsNull(() -> QuotaPolicy.of("a", Collections.singletonList(null)), "rate");
    rejectsNull(() -> new Quota(null, Rate.UNLIMITED, 0, Duration.ZERO), "name");
    rejectsNull(() -> new Quota("a", null, 0, Duration.ZERO), "rate");
    rejectsNull(() -> new Quota("a", Rate.UNLIMITED, 0, null), "resetAfter");
    rejectsNull(() -> new ConnectionThrottledException(null, decision), "throttle");
    rejectsNull(() -> new ConnectionThrottledException(api, null), "decision");
    rejectsNull(() -> new ConnectionThrottledException(api, decision, null), "headers");
    Map<String, String> header = Collections.singletonMap("X-Why", null);
    rejectsNull(() -> new ConnectionThrottledException(api, decision, header), "header value");
  }

  private static void rejectsNull(ThrowingCallable call, String name) {
    assertThatNullPointerException().isThrownBy(call).withMessage(name + " must not be null");
  }

  @Test
  void l5_aMissingBackendNamesTheRemedies() {
    Throttle api = Throttle.builder("a").rate("1/s").build();
    rejects(() -> api.hit(TestView.GET), "No throttle backend configured for throttle \"a\"");
    rejects(
        () -> api.hit(TestView.GET),
        "set one for the application in its adapter or registry, or enter one");
  }

  @Test
  void l5_needsBackendOnlyWithoutAnySettingForIt() {
    assertThat(Throttle.builder("a").rate("1/s").build().needsBackend()).isTrue();
    assertThat(Throttle.builder("a").rate("1/s").dynamicBackend().build().needsBackend()).isFalse();
    assertThat(Throttle.builder("a").rate("1/s").backend(view -> null).build().needsBackend())
        .isFalse();
    assertThat(Throttle.builder("a").rate(Rate.UNLIMITED).build().needsBackend()).isFalse();
    assertThat(Throttle.builder("a").rate("1/s").backend(new MapBackend()).build().needsBackend())
        .isFalse();
  }

  @Test
  void l7_decideSingleRejectsSeveralRates() {
    QuotaPolicy several = QuotaPolicy.of("a", List.of(Rate.perSecond(1), Rate.perHour(1)));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new MapBackend().decideSingle(Operation.HIT, several, "client", "here", 1, 0))
        .withMessage("policy must have exactly one rate: a[1/s, 1/h]. Call decide or decideInto.");
  }

  @Test
  void b13_aPatienceThatLetsADebtExceed140YearsIsRefused() {
    QuotaPolicy policy = QuotaPolicy.of("a", List.of(Rate.perSecond(1)));
    long longest = Margin.MAX_NANOS - 1_000_000_000L;
    assertThat(new BackendCall(Operation.HIT, policy, "client", "", 1, longest).argument())
        .isEqualTo(longest);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BackendCall(Operation.PEEK, policy, "client", "", 1, longest + 1))
        .withMessageStartingWith("patience must be at most " + longest + " ns for a[1/s]: ");
  }
}
