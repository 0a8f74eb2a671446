package io.traffik.store;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.bucket.TokenBucket;
import io.traffik.spi.Margin;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The buckets of one key, brought from the store to the present, while questions are decided on
 * them one after another. For one thread.
 *
 * <p>The present is never before the last write: where several hosts write, it is the time of the
 * clock that is furthest ahead, so clocks that differ mint no tokens. A host whose clock is behind
 * decides as if it stood still, and its denials last the longer. That holds as long as the clock is
 * behind by no more than the shortest of the times in which the buckets fill, or by a second that
 * cannot come from its being set back. Beyond that the buckets move to the clock as they are:
 * nothing is taken and nothing added, and they refill from there (rule B8).
 */
final class BucketSnapshot {

  /** How far apart the clocks of hosts may be, whatever the rates. */
  static final long SKEW_NANOS = 1_000_000_000L;

  /**
   * How long a value outlives its buckets' being full: longer than a decision takes, so that no
   * value can come and go between a read that saw none and a write that expects none; and longer
   * than clocks are apart, so that it is gone only when full by all of them.
   */
  static final Duration GRACE = Duration.ofSeconds(1);

  private final long reading;
  private final long now;
  private final long[] fullAt;
  private boolean changed;

  /**
   * Brings stored buckets to the present.
   *
   * @param stored the buckets, or null if all are full
   * @param latest how late the clock had ever been before the reading
   * @param reading the clock, read after the store
   * @param rates how many buckets the questions are about; the store may hold others behind them,
   *     which stay as they are
   * @param shortestFill the time in which the first of them to fill does so
   */
  BucketSnapshot(
      @Nullable StoredValue stored, long latest, long reading, int rates, long shortestFill) {
    this.reading = reading;
    int known = stored == null ? 0 : stored.fullAt().length;
    this.fullAt = new long[Math.max(known, rates)];
    Arrays.fill(fullAt, TokenBucket.FULL);
    if (stored == null) {
      this.now = reading;
      return;
    }
    System.arraycopy(stored.fullAt(), 0, fullAt, 0, known);
    long behind = stored.written() - reading;
    boolean wasSetBack = stored.written() <= latest;
    if (behind <= shortestFill || (behind <= SKEW_NANOS && !wasSetBack)) {
      this.now = Math.max(reading, stored.written());
      return;
    }
    for (int i = 0; i < known; i++) {
      fullAt[i] -= behind;
    }
    this.now = reading;
    this.changed = true;
  }

  /** Decides a question as {@link io.traffik.Backend#decide} has it. */
  long[] decide(Operation operation, QuotaPolicy policy, long cost) {
    long[] margins = new long[policy.size()];
    boolean granted = operation != Operation.PEEK;
    for (int i = 0; i < margins.length; i++) {
      Rate rate = policy.rate(i);
      long carried = TokenBucket.carried(fullAt[i], now, rate);
      if (carried < fullAt[i]) {
        set(i, carried);
      }
      margins[i] =
          operation == Operation.REFUND
              ? TokenBucket.margin(TokenBucket.afterRefund(carried, now, rate, cost), now, rate, 0)
              : TokenBucket.margin(carried, now, rate, cost);
      granted &= margins[i] >= 0;
    }
    for (int i = 0; i < margins.length; i++) {
      if (granted) {
        move(i, operation, policy.rate(i), cost);
      } else if (margins[i] < 0 && margins[i] != Margin.NEVER) {
        // This clock has to reach the present before it can pass it.
        margins[i] = Math.max(margins[i] - (now - reading), -Margin.MAX_NANOS);
      }
    }
    return margins;
  }

  private void move(int place, Operation operation, Rate rate, long cost) {
    long carried = TokenBucket.carried(fullAt[place], now, rate);
    long next =
        operation == Operation.REFUND
            ? TokenBucket.afterRefund(carried, now, rate, cost)
            : TokenBucket.afterHit(carried, rate, cost);
    if (next != carried) {
      set(place, next);
    }
  }

  private void set(int place, long instant) {
    fullAt[place] = instant;
    changed = true;
  }

  /** Whether there is anything to write. */
  boolean changed() {
    return changed;
  }

  StoredValue toStore() {
    return new StoredValue(now, fullAt);
  }

  /** How long the store must keep the value: whole milliseconds, at least {@link #GRACE}. */
  Duration expiry() {
    long last = now;
    for (long instant : fullAt) {
      last = Math.max(last, instant);
    }
    return Duration.ofNanos(last - reading)
        .plus(GRACE)
        .plusNanos(999_999)
        .truncatedTo(ChronoUnit.MILLIS);
  }
}
