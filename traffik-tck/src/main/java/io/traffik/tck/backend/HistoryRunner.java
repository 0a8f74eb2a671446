package io.traffik.tck.backend;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assertions;

/** Many random histories, of which the first to fail is told in as few steps as still fail. */
final class HistoryRunner {

  private HistoryRunner() {}

  static void check(BackendFixture fixture, Function<SeededRandom, RandomHistory> shape) {
    for (int i = 0; i < fixture.time().historyCount(); i++) {
      RandomHistory history = shape.apply(new SeededRandom(fixture.seed() + i));
      Throwable failure = failure(history, fixture);
      if (failure != null) {
        Throwable shortest = shrink(history, fixture, failure);
        Assertions.fail(
            shortest.getMessage()
                + "\nDrawn from seed "
                + fixture.seed()
                + "; -D"
                + BackendFixtureExtension.SEED
                + " with that number draws the same.",
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
    Throwable why = failure;
    for (int cut = shortest.steps().size() / 2; cut > 0; cut /= 2) {
      for (int from = 0; from + cut <= shortest.steps().size(); ) {
        RandomHistory shorter = shortest.without(from, from + cut);
        Throwable stillFails = failure(shorter, fixture);
        if (stillFails == null) {
          from += cut;
        } else {
          shortest = shorter;
          why = stillFails;
        }
      }
    }
    return why;
  }
}
