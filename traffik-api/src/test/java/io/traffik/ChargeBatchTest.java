package io.traffik;

import static io.traffik.GroupFixture.group;
import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.spi.BackendCall;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Several views that a group of throttles decides in order. */
final class ChargeBatchTest {

  private final GroupFixture fixture = new GroupFixture();
  private final GroupBackend backend = fixture.backend;

  private ThrottleBuilder throttle(String uid, Backend of, String rate) {
    return fixture.throttle(uid, of, rate);
  }

  @Test
  void b15_aGroupOfOneDecidesManyViewsByOneCall() {
    List<Integer> batches = new ArrayList<>();
    MapBackend batching =
        new MapBackend() {
          @Override
          public CompletionStage<List<long[]>> decideAllAsync(List<BackendCall> calls) {
            batches.add(calls.size());
            return super.decideAllAsync(calls);
          }
        };
    Throttle own =
        throttle("own", batching, "2/h")
            .identifier(
                view -> view.context().equals("nobody") ? null : Identity.of(view.context()))
            .build();
    List<CompletionStage<List<Charge>>> stages =
        group(own)
            .chargeEachAsync(
                List.of(
                    TestView.GET.message("bob"),
                    TestView.GET.message("nobody"),
                    TestView.GET.message("bob"),
                    TestView.GET.message("bob"),
                    TestView.GET.message("eve")));
    assertThat(batches).containsExactly(4);
    assertThat(outcomes(stages))
        .containsExactly(
            "[1]", "AnonymousConnectionException", "[0]", "ConnectionThrottledException", "[1]");
    batching.failing = true;
    assertThat(outcomes(group(own).chargeEachAsync(List.of(TestView.GET, TestView.GET))))
        .as("F1: allowed, and the tokens unknown")
        .containsExactly("[" + Long.MAX_VALUE + "]", "[" + Long.MAX_VALUE + "]");
    assertThat(group(own).chargeEachAsync(List.of())).isEmpty();
  }

  @Test
  void t6_b15_aGroupOfSeveralDecidesViewAfterView() {
    Throttle shared = throttle("shared", backend, "20/h").build();
    Throttle own =
        throttle("own", backend, "1/h")
            .identifier(
                view -> view.context().equals("nobody") ? null : Identity.of(view.context()))
            .build();
    List<CompletionStage<List<Charge>>> stages =
        group(shared, own)
            .chargeEachAsync(
                List.of(
                    TestView.GET.message("bob"),
                    TestView.GET.message("nobody"),
                    TestView.GET.message("bob"),
                    TestView.GET.message("eve")));
    assertThat(outcomes(stages))
        .containsExactly(
            "[19, 0]", "AnonymousConnectionException", "ConnectionThrottledException", "[18, 0]");
    assertThat(backend.together).isEqualTo(3);
  }

  /** The remaining tokens of the charges, or the name of the exception. */
  private static List<String> outcomes(List<CompletionStage<List<Charge>>> stages) {
    List<String> outcomes = new ArrayList<>();
    for (CompletionStage<List<Charge>> stage : stages) {
      stage.whenComplete(
          (charges, thrown) ->
              outcomes.add(
                  thrown != null
                      ? thrown.getClass().getSimpleName()
                      : charges.stream()
                          .map(charge -> charge.decision().remaining())
                          .toList()
                          .toString()));
    }
    return outcomes;
  }
}
