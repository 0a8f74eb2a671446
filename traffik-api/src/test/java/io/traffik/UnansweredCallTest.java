package io.traffik;

import static io.traffik.GroupFixture.group;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.traffik.spi.BackendCall;
import io.traffik.spi.StageDeadline;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Stages of a backend that never complete. */
final class UnansweredCallTest {

  /** Never answers. */
  private static class SilentBackend extends MapBackend {
    @Override
    public CompletionStage<long[]> decideAsync(BackendCall call) {
      return new CompletableFuture<>();
    }
  }

  @Test
  void f1_aStageThatNeverCompletesIsAFailure() throws Exception {
    MapBackend backend = new SilentBackend();
    Throttle api = backend.throttle("9/s").build();
    Throttle other = Throttle.builder("other").rate("9/s").backend(backend).build();
    Charge settled = api.charge(TestView.GET);
    List<CompletionStage<?>> stages =
        List.of(
            api.hitAsync(TestView.GET),
            api.chargeAsync(TestView.GET),
            settled.settleAsync(5),
            group(api, other).chargeAsync(TestView.GET),
            group(api).chargeEachAsync(List.of(TestView.GET, TestView.GET)).get(1));
    for (CompletionStage<?> stage : stages) {
      assertThat(stage.toCompletableFuture().get(30, TimeUnit.SECONDS)).isNotNull();
    }
    Decision decision = (Decision) stages.get(0).toCompletableFuture().join();
    assertThat(decision.allowed() && decision.degraded()).isTrue();
  }

  @Test
  void f1_aBackendThatBoundsItsCallsIsNotBoundedAgain() {
    CompletableFuture<long[]> pending = new CompletableFuture<>();
    MapBackend bounding =
        new MapBackend() {
          @Override
          public boolean boundsAsyncCalls() {
            return true;
          }
        };
    assertThat(Futures.bounded(bounding, pending)).isSameAs(pending);
    CompletableFuture<long[]> complete = CompletableFuture.completedFuture(new long[0]);
    assertThat(Futures.bounded(new MapBackend(), complete)).isSameAs(complete);
    assertThat(Futures.bounded(new MapBackend(), pending)).isNotSameAs(pending);
  }

  @Test
  void f1_aDeadlineFailsALateStageAndPassesOnOthers() {
    Duration hour = Duration.ofHours(1);
    CompletableFuture<String> slow = new CompletableFuture<>();
    CompletionStage<String> passed =
        StageDeadline.bound(slow, hour, () -> new BackendException("late"));
    slow.complete("answer");
    assertThat(passed.toCompletableFuture().join()).isEqualTo("answer");
    CompletableFuture<String> failing = new CompletableFuture<>();
    CompletionStage<String> failed =
        StageDeadline.bound(failing, hour, () -> new BackendException("late"));
    failing.completeExceptionally(new IllegalArgumentException("store"));
    assertThatThrownBy(() -> failed.toCompletableFuture().join())
        .isInstanceOf(CompletionException.class)
        .hasRootCauseMessage("store");
    CompletionStage<String> late =
        StageDeadline.bound(
            new CompletableFuture<String>(),
            Duration.ofMillis(1),
            () -> new BackendException("late"));
    assertThatThrownBy(() -> late.toCompletableFuture().join())
        .hasCauseInstanceOf(BackendException.class);
  }
}
