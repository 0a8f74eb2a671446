package io.traffik.tck;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assertions;

/** Many random histories, of which the first to fail is told in as few steps as still fail. */
final class Histories {

  private Histories() {}

  static void check(BackendFixture bench, Function<SeededRandom, History> shape) {
    for (int i = 0; i < bench.time().histories(); i++) {
      History history = shape.apply(new SeededRandom(bench.seed() + i));
      Throwable failure = failure(history, bench);
      if (failure != null) {
        Throwable shortest = shrink(history, bench, failure);
        Assertions.fail(
            shortest.getMessage()
                + "\nDrawn from seed "
                + bench.seed()
                + "; -D"
                + BackendFixtureExtension.SEED
                + " with that number draws the same.",
            shortest);
      }
    }
  }

  private static @Nullable Throwable failure(History history, BackendFixture bench) {
    try {
      history.run(bench);
      return null;
    } catch (AssertionError | RuntimeException e) {
      return e;
    }
  }

  private static Throwable shrink(History failing, BackendFixture bench, Throwable failure) {
    History shortest = failing;
    Throwable why = failure;
    for (int cut = shortest.steps().size() / 2; cut > 0; cut /= 2) {
      for (int from = 0; from + cut <= shortest.steps().size(); ) {
        History shorter = shortest.without(from, from + cut);
        Throwable stillFails = failure(shorter, bench);
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
