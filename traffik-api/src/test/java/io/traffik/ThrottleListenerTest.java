package io.traffik;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend.Operation;
import io.traffik.spi.QuotaPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who is told of what a throttle decides. */
final class ThrottleListenerTest {

  private final MapBackend backend = new MapBackend();
  private final List<String> heard = new ArrayList<>();

  private ThrottleBuilder throttle() {
    return Throttle.builder("api").rate("1/h").backend(backend);
  }

  private ThrottleListener writing(String name) {
    return new ThrottleListener() {
      @Override
      public void onDecision(ConnectionView view, Decision decision, Throttle throttle) {
        heard.add(name + ": " + throttle.uid() + " " + decision.allowed() + " " + view.path());
      }

      @Override
      public void onBackendFailure(
          ConnectionView view, BackendException failure, Throttle throttle) {
        heard.add(name + ": " + throttle.uid() + " " + failure.getMessage() + " " + view.path());
      }
    };
  }

  private static ThrottleListener throwing() {
    return new ThrottleListener() {
      @Override
      public void onDecision(ConnectionView view, Decision decision, Throttle throttle) {
        throw new AssertionError("a listener's own fault");
      }

      @Override
      public void onBackendFailure(
          ConnectionView view, BackendException failure, Throttle throttle) {
        throw new IllegalStateException("a listener's own fault");
      }
    };
  }

  @ParameterizedTest
  @EnumSource
  void t8_hitsAreToldPeeksAndRefundsAreNot(OperationForm form) {
    Throttle api = throttle().listener(writing("a")).build();
    form.hit(api, TestView.GET);
    form.hit(api, TestView.GET);
    form.peek(api, TestView.GET);
    form.refund(api, TestView.GET, 1);
    assertThat(heard).containsExactly("a: api true /a", "a: api false /a");
  }

  @ParameterizedTest
  @EnumSource
  void t8_allThatWereAddedAreToldInOrderWhateverOneThrows(OperationForm form) {
    Throttle api =
        throttle().listener(writing("a")).listener(throwing()).listener(writing("b")).build();
    assertThat(form.hit(api, TestView.GET).allowed()).isTrue();
    backend.failing = true;
    assertThat(form.peek(api, TestView.GET).degraded()).isTrue();
    assertThat(heard)
        .containsExactly(
            "a: api true /a", "b: api true /a", "a: api out of reach /a", "b: api out of reach /a");
  }

  @Test
  void t8_anAsynchronousHitIsToldWithItsDecision() {
    CompletableFuture<long[]> answer = new CompletableFuture<>();
    Backend slow =
        new MapBackend() {
          @Override
          public CompletionStage<long[]> decideAsync(
              Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
            return answer;
          }
        };
    throttle().backend(slow).listener(writing("a")).build().hitAsync(TestView.GET);
    assertThat(heard).isEmpty();
    answer.complete(new long[] {0});
    assertThat(heard).containsExactly("a: api true /a");
  }

  @Test
  void t8_whatIsAddedLaterHearsNothingOfWhatWasBuiltBefore() {
    ThrottleBuilder builder = throttle().listener(writing("a"));
    Throttle before = builder.build();
    builder.listener(writing("b"));
    before.hit(TestView.GET);
    assertThat(heard).containsExactly("a: api true /a");
  }
}
