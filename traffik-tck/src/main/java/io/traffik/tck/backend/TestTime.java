package io.traffik.tck.backend;

import io.traffik.Rate;
import java.time.Duration;
import java.util.List;

/**
 * The time that a backend under test goes by. Instants are nanoseconds since the test began, taken
 * before and after each question, so that one set of rules serves both kinds of time: on a clock
 * that stands still the two readings are the same.
 */
sealed interface TestTime permits SimulatedTime, RealTime {

  /** The present. */
  long now();

  /** Lets at least so much time go by; rounded up to whole {@link #clockResolution}s. */
  void elapse(long nanos);

  /** The smallest step by which the backend's time may be told apart, at least 1 ns. */
  long clockResolution();

  /** A stretch that is long beside a decision and short beside a test. */
  long unit();

  /** By how much the backend's clock may differ from this one over a span. */
  long drift(long span);

  /** By how much the backend may round, if so much time is reckoned with; 0 if it is exact. */
  long rounding(Rate rate, long span);

  /** By how much an answer may be off, if so much time is reckoned with in it. */
  default long tolerance(Rate rate, long span) {
    return drift(span) + rounding(rate, span);
  }

  /** Rates to try a rule on: those whose refill this time can show. */
  List<Rate> rates();

  /** How long one random history may last. */
  long maxHistoryNanos(SeededRandom random);

  /** How many random histories a rule is tried on. */
  int historyCount();

  /** Lets threads overtake each other about readings of the clock, now and then. */
  void injectDelays();

  /** Undoes {@link #injectDelays}. */
  void stopDelays();

  /** Ten tokens, one per {@link #unit}. */
  default Rate tenTokens() {
    return Rate.of(10, Duration.ofNanos(10 * unit()));
  }

  /** By how much rule B7 lets a rate be slowed. */
  static long maxRateRounding(Rate rate, long span) {
    return span / Math.min(Math.max(rate.nanosPerToken(), 1_000), 1_000_000) + 1;
  }
}
