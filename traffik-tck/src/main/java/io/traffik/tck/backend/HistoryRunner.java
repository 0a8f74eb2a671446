package io.traffik.tck.backend;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assertions;

/** Runs random histories, and shortens the first one that fails before it reports the failure. */
final class HistoryRunner {

  private HistoryRunner() {}

  static void check(BackendFixture fixture, Function<SeededRandom, RandomHistory> generator) {
    for (int i = 0; i < fixture.time().historyCount(); i++) {
      RandomHistory history = generator.apply(new SeededRandom(fixture.seed() + i));
      Throwable failure = failure(history, fixture);
      if (failure != null) {
        Throwable shortest = shrink(history, fixture, failure);
        Assertions.fail(
            shortest.getMessage()
                + "\nThe seed was "
                + fixture.seed()
                + ". To repeat this history, set -D"
                + BackendFixtureExtension.SEED
                + " to it.",
            shortest);
      }
    }
  }

  private static @Nullable Throwable failure(RandomHistory history, BackendFixture fixture) {
    try {
      history.run(fixture);
      return null;
    } catch (AssertionError | RuntimeException e) {
      return e;
    }
  }

  private static Throwable shrink(
      RandomHistory failing, BackendFixture fixture, Throwable failure) {
    RandomHistory shortest = failing;
    Throwable shortestFailure = failure;
    for (int cut = shortest.steps().size() / 2; cut > 0; cut /= 2) {
      for (int from = 0; from + cut <= shortest.steps().size(); ) {
        RandomHistory shorter = shortest.without(from, from + cut);
        Throwable shorterFailure = failure(shorter, fixture);
        if (shorterFailure == null) {
          from += cut;
        } else {
          shortest = shorter;
          shortestFailure = shorterFailure;
        }
      }
    }
    return shortestFailure;
  }
}
