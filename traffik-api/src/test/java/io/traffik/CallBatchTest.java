package io.traffik;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend.Operation;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Several calls at once, on a backend that only implements single ones. */
final class CallBatchTest {

  private static final QuotaPolicy POLICY = QuotaPolicy.of("api", List.of(Rate.perSecond(2)));
  private static final List<BackendCall> CALLS =
      List.of(call("a", Operation.HIT), call("b", Operation.HIT), call("a", Operation.PEEK));

  private final MapBackend backend = new MapBackend();

  private static BackendCall call(String identity, Operation operation) {
    return new BackendCall(operation, POLICY, identity, "", 2);
  }

  @Test
  void b15_callsAreDecidedInOrder() {
    List<long[]> answers = backend.decideAll(CALLS);
    assertThat(answers).extracting(margins -> margins[0]).containsExactly(0L, 0L, -1_000_000_000L);
    assertThat(backend.decideAll(List.of())).isEmpty();
  }

  @Test
  void b15_asynchronousCallsAreDecidedInOrder() {
    CompletableFuture<long[]> pending = new CompletableFuture<>();
    MapBackend slow =
        new MapBackend() {
          @Override
          public CompletionStage<long[]> decideAsync(BackendCall call) {
            long[] margins = decide(call);
            return calls.size() == 1
                ? pending.thenApply(ignored -> margins)
                : CompletableFuture.completedFuture(margins);
          }
        };
    CompletableFuture<List<long[]>> answers = slow.decideAllAsync(CALLS).toCompletableFuture();
    assertThat(answers).isNotDone();
    assertThat(slow.calls).as("the second call waits for the first").hasSize(1);
    pending.complete(new long[0]);
    assertThat(answers.join())
        .extracting(margins -> margins[0])
        .containsExactly(0L, 0L, -1_000_000_000L);
    assertThat(backend.decideAllAsync(List.of()).toCompletableFuture().join()).isEmpty();
  }

  @Test
  void b15_t7_aBatchFailsWithTheExceptionOfTheFirstFailure() {
    backend.failing = true;
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    backend.decideAllAsync(CALLS).whenComplete((answers, failure) -> thrown.set(failure));
    assertThat(thrown.get()).isInstanceOf(BackendException.class).hasMessage("unreachable");
    assertThat(backend.calls).hasSize(1);
  }
}
