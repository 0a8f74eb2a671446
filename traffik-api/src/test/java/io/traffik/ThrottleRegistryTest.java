package io.traffik;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ThrottleRegistryTest {

  private final MapBackend backend = new MapBackend();
  private final ThrottleRegistry throttles = ThrottleRegistry.of(backend);

  private Throttle build(String uid) {
    return throttles.throttle(uid).rate("1/h").build();
  }

  @Test
  void t11_throttlesAreListedAndFoundByName() {
    Throttle search = build("search");
    Throttle api = build("api");
    assertThat(throttles.throttles()).containsExactly(api, search);
    assertThat(throttles.get("api")).isSameAs(api);
    assertThat(throttles.find("none")).isEmpty();
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> throttles.get("none"))
        .withMessage("The registry has no throttle \"none\". It has [api, search].");
  }

  @Test
  void k4_aNameIsGivenOnce() {
    Throttle first = build("api");
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> build("api"))
        .withMessageContaining("already has a throttle \"api\"");
    assertThat(throttles.throttles()).containsExactly(first);
  }

  @Test
  void l5_theRegistryIsTheLastThatIsAskedForABackend() {
    MapBackend own = new MapBackend();
    MapBackend scoped = new MapBackend();
    MapBackend application = new MapBackend();
    Throttle api = build("api");
    assertThat(api.needsBackend()).isFalse();
    api.hit(TestView.GET);
    assertThat(backend.calls).hasSize(1);
    TestView connection = TestView.GET.backend(application);
    api.hit(connection);
    assertThat(application.calls).hasSize(1);
    BackendScope scope = BackendScope.enter(scoped);
    try (scope) {
      api.hit(connection);
      throttles.throttle("own").rate("1/h").backend(own).build().hit(connection);
    }
    assertThat(scoped.calls).hasSize(1);
    assertThat(own.calls).hasSize(1);
    assertThat(backend.calls).hasSize(1);
  }

  @Test
  void i6_throttlesShareFailurePolicyAndListeners() {
    List<String> heard = new ArrayList<>();
    ThrottleRegistry.Builder settings =
        ThrottleRegistry.builder()
            .backend(backend)
            .onBackendFailure(FailurePolicy.DENY)
            .listener(listener(heard, "registry"));
    ThrottleRegistry shared = settings.build();
    settings.onBackendFailure(FailurePolicy.THROW).listener(listener(heard, "late"));
    Throttle denying = shared.throttle("a").rate("1/h").listener(listener(heard, "own")).build();
    Throttle allowing =
        shared.throttle("b").rate("1/h").onBackendFailure(FailurePolicy.ALLOW).build();
    backend.failing = true;
    assertThat(denying.hit(TestView.GET).denied()).isTrue();
    assertThat(allowing.hit(TestView.GET).allowed()).isTrue();
    assertThat(heard).containsExactly("registry", "own", "registry");
  }

  private static ThrottleListener listener(List<String> heard, String name) {
    return new ThrottleListener() {
      @Override
      public void onDecision(ConnectionView view, Decision decision, Throttle throttle) {
        heard.add(name);
      }
    };
  }

  @Test
  void t11_allThrottlesAreSwitchedTogetherAlsoLaterOnes() {
    Throttle early = build("early");
    throttles.setEnabled(false);
    throttles.setShadow(true);
    Throttle late = build("late");
    for (Throttle each : List.of(early, late)) {
      assertThat(each.isEnabled()).isFalse();
      assertThat(each.isShadow()).isTrue();
      assertThat(each.hit(TestView.GET).exempt()).isTrue();
    }
    assertThat(backend.calls).isEmpty();
    early.setEnabled(false);
    throttles.setEnabled(true);
    throttles.setShadow(false);
    assertThat(early.isEnabled()).as("its own switch").isFalse();
    assertThat(late.isEnabled()).isTrue();
    assertThat(late.isShadow()).isFalse();
    late.hit(TestView.GET);
    assertThat(late.hit(TestView.GET).denied()).isTrue();
  }
}
