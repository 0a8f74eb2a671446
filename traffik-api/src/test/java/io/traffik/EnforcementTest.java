package io.traffik;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The calls of the throttled handler, and the exception of the default handler. */
final class EnforcementTest {

  private final MapBackend backend = new MapBackend();

  private record HandlerCall(ConnectionView view, Decision decision, Throttle throttle) {}

  private ThrottleBuilder perHour() {
    return Throttle.builder("api").rate("1/h").backend(backend);
  }

  @ParameterizedTest
  @EnumSource
  void t2_onlyEnforceCallsTheHandler(OperationForm form) {
    List<HandlerCall> calls = new ArrayList<>();
    Throttle api =
        perHour()
            .onThrottled((view, denial, by) -> calls.add(new HandlerCall(view, denial, by)))
            .build();
    assertThat(form.enforce(api, TestView.GET).allowed()).isTrue();
    assertThat(form.hit(api, TestView.GET).denied()).isTrue();
    assertThat(form.hit(api, TestView.GET, 1).denied()).isTrue();
    assertThat(form.peek(api, TestView.GET).denied()).isTrue();
    form.refund(api, TestView.GET, 0);
    assertThat(calls).isEmpty();
    form.enforce(api, TestView.GET);
    form.enforce(api, TestView.GET, 1);
    assertThat(calls).hasSize(2).allMatch(each -> each.view() == TestView.GET);
    assertThat(calls).allMatch(each -> each.throttle() == api && each.decision().denied());
  }

  @ParameterizedTest
  @EnumSource
  void t2_i6_theDefaultHandlerThrows(OperationForm form) {
    Throttle api = perHour().build();
    form.enforce(api, TestView.GET, 1);
    assertThatExceptionOfType(ConnectionThrottledException.class)
        .isThrownBy(() -> form.enforce(api, TestView.GET, 1))
        .satisfies(
            thrown -> {
              assertThat(thrown.throttle()).isSameAs(api);
              assertThat(thrown.decision().denied()).isTrue();
            });
  }

  @ParameterizedTest
  @CsvSource({
    "1/ms, 0, 1, 1 second",
    "1/s, 0, 1, 1 second",
    "1/s, 999999999, 1, 1 second",
    "1/1500ms, 0, 2, 2 seconds",
    "1/90s, 0, 90, 90 seconds",
    "1/90s, 1, 90, 90 seconds",
    "1/90s, 1000000000, 89, 89 seconds"
  })
  void t3_retryAfterIsRoundedUpToAtLeastOneSecond(
      String rate, long elapsedNanos, long seconds, String text) {
    Throttle api = Throttle.builder("api").rate(rate).backend(backend).build();
    api.hit(TestView.GET);
    backend.now = elapsedNanos;
    ConnectionThrottledException thrown = thrown(api);
    assertThat(thrown).hasMessage("Too Many Requests. Retry after " + text + ".");
    assertThat(thrown.headers()).containsExactly(Map.entry("Retry-After", "" + seconds));
    assertThat(thrown.retryAfter())
        .hasValue(Rate.parse(rate).period().minus(Duration.ofNanos(elapsedNanos)));
  }

  @Test
  void t3_customHeaderFieldsReplaceTheDefaults() {
    Throttle api =
        perHour()
            .onThrottled(
                (view, denial, by) -> {
                  throw new ConnectionThrottledException(
                      by, denial, Map.of("X-Plan", "free", "retry-after", "7"));
                })
            .build();
    api.hit(TestView.GET);
    Map<String, String> headers = thrown(api).headers();
    assertThat(headers).hasSize(2).containsEntry("X-Plan", "free");
    assertThat(headers.get("Retry-After")).isEqualTo("7");
    assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(headers::clear);
  }

  private static ConnectionThrottledException thrown(Throttle throttle) {
    return catchThrowableOfType(
        ConnectionThrottledException.class, () -> throttle.enforce(TestView.GET));
  }
}
