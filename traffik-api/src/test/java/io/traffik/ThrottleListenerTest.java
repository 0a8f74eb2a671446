package io.traffik;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.spi.BackendCall;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The events that listeners receive. */
final class ThrottleListenerTest {

  private final MapBackend backend = new MapBackend();
  private final List<String> events = new ArrayList<>();

  private ThrottleBuilder throttle() {
    return Throttle.builder("api").rate("1/h").backend(backend);
  }

  private ThrottleListener recording(String name) {
    return new ThrottleListener() {
      @Override
      public void onDecision(ConnectionView view, Decision decision, Throttle throttle) {
        events.add(name + ": " + throttle.uid() + " " + decision.allowed() + " " + view.path());
      }

      @Override
      public void onBackendFailure(
          ConnectionView view, BackendException failure, Throttle throttle) {
        events.add(name + ": " + throttle.uid() + " " + failure.getMessage() + " " + view.path());
      }
    };
  }

  private static ThrottleListener throwing() {
    return new ThrottleListener() {
      @Override
      public void onDecision(ConnectionView view, Decision decision, Throttle throttle) {
        throw new AssertionError("failure of a listener");
      }

      @Override
      public void onBackendFailure(
          ConnectionView view, BackendException failure, Throttle throttle) {
        throw new IllegalStateException("failure of a listener");
      }
    };
  }

  @ParameterizedTest
  @EnumSource
  void t8_hitsAreReportedPeeksAndRefundsAreNot(OperationForm form) {
    Throttle api = throttle().listener(recording("a")).build();
    form.hit(api, TestView.GET);
    form.hit(api, TestView.GET);
    form.peek(api, TestView.GET);
    form.refund(api, TestView.GET, 1);
    assertThat(events).containsExactly("a: api true /a", "a: api false /a");
  }

  @ParameterizedTest
  @EnumSource
  void t8_allListenersAreCalledInOrderEvenIfOneThrows(OperationForm form) {
    Throttle api =
        throttle().listener(recording("a")).listener(throwing()).listener(recording("b")).build();
    assertThat(form.hit(api, TestView.GET).allowed()).isTrue();
    backend.failing = true;
    assertThat(form.peek(api, TestView.GET).degraded()).isTrue();
    assertThat(events)
        .containsExactly(
            "a: api true /a", "b: api true /a", "a: api unreachable /a", "b: api unreachable /a");
  }

  @Test
  void t8_anAsynchronousHitIsReportedWithItsDecision() {
    CompletableFuture<long[]> answer = new CompletableFuture<>();
    Backend slow =
        new MapBackend() {
          @Override
          public CompletionStage<long[]> decideAsync(BackendCall call) {
            return answer;
          }
        };
    throttle().backend(slow).listener(recording("a")).build().hitAsync(TestView.GET);
    assertThat(events).isEmpty();
    answer.complete(new long[] {0});
    assertThat(events).containsExactly("a: api true /a");
  }

  @Test
  void t8_aListenerAddedLaterDoesNotAffectABuiltThrottle() {
    ThrottleBuilder builder = throttle().listener(recording("a"));
    Throttle before = builder.build();
    builder.listener(recording("b"));
    before.hit(TestView.GET);
    assertThat(events).containsExactly("a: api true /a");
  }
}
