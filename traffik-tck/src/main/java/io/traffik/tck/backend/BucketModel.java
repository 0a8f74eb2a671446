package io.traffik.tck.backend;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.bucket.TokenBucket;
import io.traffik.spi.Margin;
import java.util.stream.LongStream;

/**
 * The expected state of one bucket: the earliest and the latest instant at which it may be full,
 * and the rate whose speed it refills at. In simulated time the two instants are equal.
 */
final class BucketModel {

  private long earliest = TokenBucket.FULL;
  private long latest = TokenBucket.FULL;
  private Rate writer;
  private long writtenAt;

  /** A full bucket. */
  BucketModel(Rate rate) {
    this.writer = rate;
  }

  /** The bucket with the fewest tokens that the call may find. */
  BucketState fewest(TimedCall call, Rate rate, TestTime time) {
    return state(latest, tolerance(call, time), call.before(), rate);
  }

  /** The bucket with the most tokens that the call may find. */
  BucketState most(TimedCall call, Rate rate, TestTime time) {
    return state(earliest, -tolerance(call, time), call.after(), rate);
  }

  private BucketState state(long fullAt, long tolerance, long now, Rate rate) {
    long widened = fullAt == TokenBucket.FULL ? fullAt : fullAt + tolerance;
    return new BucketState(widened, writer.nanosPerToken(), now, rate);
  }

  /** The largest error of the stored instant, which another speed would scale. */
  private long tolerance(TimedCall call, TestTime time) {
    long elapsed = Math.max(0, call.after() - writtenAt);
    return time.drift(elapsed) + time.rounding(writer, debtAt(writtenAt));
  }

  private long debtAt(long instant) {
    return latest == TokenBucket.FULL ? 0 : Math.max(0, latest - instant);
  }

  /** The decisions that this rate alone allows. */
  Outcome outcome(TimedCall call, Rate rate, TestTime time) {
    if (call.operation() == Operation.REFUND && call.argument() > 0) {
      return outcomeOfCancellation(call, rate, time);
    }
    if (!call.needsTokens() || call.cost() == 0) {
      return new Outcome(
          most(call, rate, time).grants(call), fewest(call, rate, time).grants(call));
    }
    MarginRange range = expectedMargins(call, rate, Outcome.of(true), time);
    return new Outcome(range.max() >= -call.argument(), range.min() >= -call.argument());
  }

  /** A cancellation is granted if the bucket owes no more than what was promised by then. */
  private Outcome outcomeOfCancellation(TimedCall call, Rate rate, TestTime time) {
    TimedCall peek = new TimedCall(Operation.PEEK, 0, 0, call.before(), call.after());
    MarginRange levels = expectedMargins(peek, rate, Outcome.of(true), time);
    long lowest = -call.argument() - rate.nanosPerToken() / 2;
    return new Outcome(
        levels.max() >= lowest && most(call, rate, time).isRepresentable(),
        levels.min() >= lowest && fewest(call, rate, time).isRepresentable());
  }

  /** The margins that a correct backend may return. */
  MarginRange expectedMargins(TimedCall call, Rate rate, Outcome outcome, TestTime time) {
    BucketState fewest = fewest(call, rate, time);
    BucketState most = most(call, rate, time);
    long min = fewest.margin(call, outcome.mustGrant());
    long max = most.margin(call, outcome.mayGrant());
    long debt = Math.min(rate.fillNanos() - Math.min(min, rate.fillNanos()), Margin.MAX_NANOS);
    long tolerance = time.rounding(rate, call.costNanos(rate) + debt);
    boolean takesTokens = call.needsTokens() && call.cost() > 0;
    long full = rate.fillNanos() - (takesTokens ? call.costNanos(rate) : 0);
    // No error makes a bucket owe.
    long smallest = takesTokens || min < 0 ? min - tolerance : Math.max(0, min - tolerance);
    // A backend may read the clock again after it converted the debt.
    long refilled = refillsAt(rate) ? 0 : call.after() - call.before();
    return new MarginRange(smallest, Math.min(max + tolerance + refilled, full));
  }

  /** Sets the state from the backend's margin, which must be in the expected range. */
  void recordMargin(TimedCall call, Rate rate, long margin, boolean granted) {
    if (isWritten(call, rate, granted)) {
      boolean isDeniedHit = !granted && call.operation() == Operation.HIT;
      long level = isDeniedHit ? margin + call.costNanos(rate) : margin;
      set(
          call,
          rate,
          rate.fillNanos() - level + call.before(),
          rate.fillNanos() - level + call.after());
    }
  }

  /** Computes the state from the backend's decision alone, without its margin. */
  void recordOutcome(TimedCall call, Rate rate, Outcome outcome, TestTime time) {
    if (isWritten(call, rate, outcome.mayGrant())) {
      long tolerance = tolerance(call, time);
      long first =
          instants(call, earliest)
              .map(now -> state(earliest, -tolerance, now, rate).after(call, outcome.mayGrant()))
              .min()
              .orElseThrow();
      long last =
          instants(call, latest)
              .map(now -> state(latest, tolerance, now, rate).after(call, outcome.mustGrant()))
              .max()
              .orElseThrow();
      long debt = Math.max(0, last - call.before());
      long rounding = time.rounding(rate, call.costNanos(rate) + debt);
      set(call, rate, first - rounding, last + rounding);
    }
  }

  /** The instants at which the state after the call is smallest or largest. */
  private static LongStream instants(TimedCall call, long fullAt) {
    long whenFull = Math.min(Math.max(fullAt, call.before()), call.after());
    return LongStream.of(call.before(), whenFull, call.after());
  }

  /** A denied hit and a reservation that lapses write only the speed. */
  private boolean isWritten(TimedCall call, Rate rate, boolean granted) {
    return !call.isReadOnly() && (granted || !refillsAt(rate));
  }

  private boolean refillsAt(Rate rate) {
    return rate.nanosPerToken() == writer.nanosPerToken();
  }

  private void set(TimedCall call, Rate rate, long first, long last) {
    earliest = first;
    latest = last;
    writer = rate;
    writtenAt = call.before();
  }
}
