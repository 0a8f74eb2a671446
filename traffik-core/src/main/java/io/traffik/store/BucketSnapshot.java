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
 * The buckets of one key at the current time, on which decisions are made one after another. Not
 * thread-safe.
 *
 * <p>The current time is never before the last write. If several hosts write, it is the time of the
 * clock that is furthest ahead, so different clocks create no tokens. On a host whose clock is
 * behind, buckets do not refill until the clock has caught up. Its denials last longer by that
 * time.
 *
 * <p>This applies while the clock is behind by at most the shortest fill time of the buckets. It
 * also applies up to one second if the clock was not set back. Beyond that, the buckets move to the
 * clock unchanged: no tokens are added or taken, and they refill from there (rule B8).
 */
final class BucketSnapshot {

  /** The difference between the clocks of hosts that is tolerated for all rates. */
  static final long MAX_SKEW_NANOS = 1_000_000_000L;

  /**
   * The time for which the store keeps a value after its buckets are full. It exceeds the duration
   * of a decision. So no value can appear and expire between a read and a write that both find
   * none. It covers the tolerated clock skew, so that a value expires only when its buckets are
   * full by all clocks.
   */
  static final Duration GRACE = Duration.ofSeconds(1);

  private final long reading;
  private final long now;
  private final long[] fullAt;
  private boolean changed;

  /**
   * Advances stored buckets to the current time.
   *
   * @param stored the buckets, or null if all are full
   * @param latest the latest reading of the clock before this one
   * @param reading the clock, read after the store
   * @param rates the number of buckets that the decisions use; the store may hold more, which stay
   *     unchanged
   * @param shortestFill the shortest fill time of the buckets in use, in nanoseconds
   */
  BucketSnapshot(
      @Nullable StoredValue stored, long latest, long reading, int rates, long shortestFill) {
    this.reading = reading;
    int storedRates = stored == null ? 0 : stored.fullAt().length;
    this.fullAt = new long[Math.max(storedRates, rates)];
    Arrays.fill(fullAt, TokenBucket.FULL);
    if (stored == null) {
      this.now = reading;
      return;
    }
    System.arraycopy(stored.fullAt(), 0, fullAt, 0, storedRates);
    long behind = stored.written() - reading;
    boolean wasSetBack = stored.written() <= latest;
    if (behind <= shortestFill || (behind <= MAX_SKEW_NANOS && !wasSetBack)) {
      this.now = Math.max(reading, stored.written());
      return;
    }
    for (int i = 0; i < storedRates; i++) {
      fullAt[i] -= behind;
    }
    this.now = reading;
    this.changed = true;
  }

  /** Makes a decision as {@link io.traffik.Backend#decide} specifies, and updates the buckets. */
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
        apply(i, operation, policy.rate(i), cost);
      } else if (margins[i] < 0 && margins[i] != Margin.NEVER) {
        // This host's clock must first catch up with the current time.
        margins[i] = Math.max(margins[i] - (now - reading), -Margin.MAX_NANOS);
      }
    }
    return margins;
  }

  private void apply(int index, Operation operation, Rate rate, long cost) {
    long carried = TokenBucket.carried(fullAt[index], now, rate);
    long next =
        operation == Operation.REFUND
            ? TokenBucket.afterRefund(carried, now, rate, cost)
            : TokenBucket.afterHit(carried, rate, cost);
    if (next != carried) {
      set(index, next);
    }
  }

  private void set(int index, long instant) {
    fullAt[index] = instant;
    changed = true;
  }

  /** Returns true if the store must be updated. */
  boolean changed() {
    return changed;
  }

  StoredValue toStoredValue() {
    return new StoredValue(now, fullAt);
  }

  /**
   * The time for which the store must keep the value: whole milliseconds, at least {@link #GRACE}.
   */
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
