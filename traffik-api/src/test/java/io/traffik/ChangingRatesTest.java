package io.traffik;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rates that a function chooses, and rates that change (rule T9). */
final class ChangingRatesTest {

  private final MapBackend backend = new MapBackend();
  private final Map<String, Rates> plans = new HashMap<>();

  private @Nullable Rates planOf(ConnectionView view) {
    Identity client = view.unwrap(Identity.class);
    return client == null ? null : plans.get(client.value());
  }

  private static ConnectionView client(String name) {
    return ConnectionView.of(Identity.of(name));
  }

  @ParameterizedTest
  @EnumSource
  void t9_aFunctionChoosesTheRatesOfEachHit(OperationForm form) {
    plans.put("premium", Rates.of("3/h", "5/day"));
    plans.put("internal", Rates.UNLIMITED);
    Throttle api = backend.throttle("1/h").rates(this::planOf).build();
    assertThat(form.hit(api, client("free")).quotas()).hasSize(1);
    assertThat(form.hit(api, client("free")).denied()).isTrue();
    for (int i = 2; i >= 0; i--) {
      assertThat(form.hit(api, client("premium")).remaining()).isEqualTo(i);
    }
    assertThat(form.charge(api, client("internal")).decision().exempt()).isTrue();
    assertThatExceptionOfType(ConnectionThrottledException.class)
        .isThrownBy(() -> form.enforce(api, client("premium")))
        .satisfies(e -> assertThat(e.decision().violatedPolicies()).containsExactly("api-1"));
  }

  @Test
  void t9_aFunctionWithoutRatesForAClientIsAClearError() {
    Throttle api = backend.throttle().rates(this::planOf).build();
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> api.hit(client("free")))
        .withMessageContaining("rates function of throttle \"api\" returned null")
        .withMessageContaining("Rates.UNLIMITED");
    assertThat(api.rates()).isEmpty();
    plans.put("free", Rates.of("1/h"));
    assertThat(api.hit(client("free")).allowed()).isTrue();
  }

  @Test
  void t9_aFunctionIsCalledOncePerOperationAndNotWhileTheThrottleIsOff() {
    int[] calls = {0};
    Throttle api =
        backend
            .throttle()
            .rates(
                view -> {
                  calls[0]++;
                  return Rates.of("9/h");
                })
            .build();
    api.hit(TestView.GET);
    api.charge(TestView.GET);
    api.hitAsync(TestView.GET);
    ThrottleGroup.of(List.of(api, backend.throttle("9/h").build())).charge(TestView.GET);
    assertThat(calls[0]).isEqualTo(4);
    api.setEnabled(false);
    assertThat(api.hit(TestView.GET).exempt()).isTrue();
    assertThat(calls[0]).isEqualTo(4);
    assertThatNullPointerException().isThrownBy(() -> api.hit((ConnectionView) null));
  }

  /** What a bucket lacks stays lacking; the test backend keeps the time, as older versions did. */
  @ParameterizedTest
  @EnumSource
  void t9_b11_ratesChangeAtRuntime(OperationForm form) {
    Throttle api = backend.throttle("2/h").build();
    form.hit(api, TestView.GET);
    form.hit(api, TestView.GET);
    assertThat(form.hit(api, TestView.GET).denied()).isTrue();
    api.setRates("1000/h", "100/day");
    assertThat(api.rates()).containsExactly(Rate.perHour(1000), Rate.parse("100/day"));
    assertThat(form.hit(api, TestView.GET).quotas()).hasSize(2);
    api.setRates(Rates.UNLIMITED);
    assertThat(form.hit(api, TestView.GET).exempt()).isTrue();
    assertThat(api.needsBackend()).isFalse();
  }

  @Test
  void t9_ratesThatDoNotFitTheSettingsAreRefusedAndChangeNothing() {
    Throttle api = backend.throttle("9/h").cost(5).maxWait(Duration.ofDays(10)).build();
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> api.setRates("4/h"))
        .withMessageContaining("cost 5 of throttle \"api\" exceeds its smallest capacity, 4");
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(
            () -> api.setRates(Rates.of(List.of(Rate.of(5, Duration.ofDays(140 * 365 + 30))))))
        .withMessageContaining("maxWait of throttle \"api\" must be at most");
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> api.setRates("five"))
        .withMessageContaining("five");
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(api::setRates)
        .withMessageContaining("at least one rate");
    assertThat(api.rates()).containsExactly(Rate.perHour(9));
  }

  @Test
  void t9_aPlanBelowTheFixedCostDeniesItsClients() {
    plans.put("small", Rates.of("4/h"));
    Throttle api = backend.throttle("9/h").cost(5).rates(this::planOf).build();
    assertThat(api.hit(client("small")).impossible()).isTrue();
    assertThat(api.hit(client("other")).allowed()).isTrue();
  }

  @Test
  void t9_equalRatesShareAPolicyUpToABound() {
    Set<Object> policies = new HashSet<>();
    PolicySource source =
        new PolicySource(
            "api",
            List.of(),
            view -> Rates.of(view.path().substring(1) + "/h"),
            new PolicyLimits("api", 1, Duration.ZERO));
    for (int round = 0; round < 2; round++) {
      for (int i = 1; i <= PolicySource.MAX_INTERNED; i++) {
        policies.add(System.identityHashCode(source.of(TestView.GET.path("/" + i))));
      }
    }
    assertThat(policies).hasSizeLessThanOrEqualTo(PolicySource.MAX_INTERNED);
    ConnectionView more = TestView.GET.path("/1000000");
    assertThat(source.of(more)).isEqualTo(source.of(more)).isNotSameAs(source.of(more));
  }

  @Test
  void r2_ratesAreComparedByValue() {
    assertThat(Rates.of("5/s", "9/min"))
        .isEqualTo(Rates.of(List.of(Rate.perSecond(5), Rate.perMinute(9))))
        .hasSameHashCodeAs(Rates.of("5/s", "9/min"))
        .isNotEqualTo(Rates.of("9/min", "5/s"))
        .hasToString("[5/s, 9/min]");
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> Rates.of("5/s", "unlimited"));
  }
}
