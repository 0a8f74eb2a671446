package io.traffik;

import io.traffik.spi.BackendCall;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Counts the calls that decide hits together, and can fail or change their answers. */
final class GroupBackend extends MapBackend {
  int together;
  @Nullable RuntimeException failure;
  @Nullable BiFunction<GroupBackend, List<BackendCall>, List<long[]>> answer;

  @Override
  public List<long[]> decideTogether(List<BackendCall> hits) {
    together++;
    if (failure != null) {
      throw failure;
    }
    return answer == null ? super.decideTogether(hits) : answer.apply(this, hits);
  }

  @Override
  public CompletionStage<List<long[]>> decideTogetherAsync(List<BackendCall> hits) {
    together++;
    if (failure != null) {
      throw failure;
    }
    return answer == null
        ? super.decideTogetherAsync(hits)
        : CompletableFuture.completedFuture(answer.apply(this, hits));
  }

  /** Denies all hits, as if concurrent ones had taken the tokens after the peek. */
  void loseRace() {
    answer = (self, hits) -> hits.stream().map(hit -> new long[] {-1}).toList();
  }
}
