package io.traffik.tck.backend;

import io.traffik.Rate;
import java.time.Duration;
import java.util.List;

/**
 * The time of a backend under test, in nanoseconds since the test began. Rules read it before and
 * after each call, so that they work in simulated and in real time. In simulated time the two
 * readings are equal.
 */
sealed interface TestTime permits SimulatedTime, RealTime {

  /** The current time. */
  long now();

  /** Waits for a duration, or advances the clock by it, in whole {@link #clockResolution}s. */
  void elapse(long nanos);

  /** The smallest difference that the backend's clock can show, at least 1 ns. */
  long clockResolution();

  /** A duration that is longer than a decision and shorter than a test. */
  long unit();

  /** A duration far longer than any pause of the machine; in simulated time, a {@link #unit}. */
  long longUnit();

  /** The largest difference between the backend's clock and this one over a span. */
  long drift(long span);

  /** The largest rounding error of the backend over a span; 0 if it is exact. */
  long rounding(Rate rate, long span);

  /** Whether the backend's results are known to the nanosecond. */
  default boolean isExact() {
    return drift(0) == 0 && rounding(tenTokens(), 0) == 0;
  }

  /** The largest error of a margin that depends on a span. */
  default long tolerance(Rate rate, long span) {
    return drift(span) + rounding(rate, span);
  }

  /** Rates to test a rule with, whose refilling this time can show. */
  List<Rate> rates();

  /** The longest duration of one random history. */
  long maxHistoryNanos(SeededRandom random);

  /** The number of random histories per rule. */
  int historyCount();

  /** Delays some threads after they read the clock, so that others overtake them. */
  void injectDelays();

  /** Ends the delays of {@link #injectDelays}. */
  void stopDelays();

  /** A rate of ten tokens, of which one refills per {@link #unit}. */
  default Rate tenTokens() {
    return Rate.of(10, Duration.ofNanos(10 * unit()));
  }

  /** The largest delay of refilling over a span that rule B7 allows. */
  static long maxRateRounding(Rate rate, long span) {
    return span / Math.min(Math.max(rate.nanosPerToken(), 1_000), 1_000_000) + 1;
  }
}
