package io.traffik.store;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.bucket.TokenBucket;
import io.traffik.spi.BackendCall;
import io.traffik.spi.Margin;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The buckets of one key at the current time, on which calls are decided one after another. Not
 * thread-safe.
 *
 * <p>The current time is never before the last write. If several hosts write, it is the time of the
 * clock that is furthest ahead, so different clocks create no tokens. On a host whose clock is
 * behind, buckets do not refill until the clock has caught up. Its denials and waits last longer by
 * that time.
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
  private final long[] intervals;
  private boolean changed;

  /**
   * Advances stored buckets to the current time.
   *
   * @param stored the buckets, or null if all are full
   * @param latest the latest reading of the clock before this one
   * @param reading the clock, read after the store
   * @param rates the number of buckets that the calls use; the store may hold more, which stay
   *     unchanged
   * @param shortestFill the shortest fill time of the buckets in use, in nanoseconds
   */
  BucketSnapshot(
      @Nullable StoredValue stored, long latest, long reading, int rates, long shortestFill) {
    this.reading = reading;
    int storedRates = stored == null ? 0 : stored.fullAt().length;
    this.fullAt = new long[Math.max(storedRates, rates)];
    this.intervals = new long[fullAt.length];
    Arrays.fill(fullAt, TokenBucket.FULL);
    if (stored == null) {
      this.now = reading;
      return;
    }
    System.arraycopy(stored.fullAt(), 0, fullAt, 0, storedRates);
    System.arraycopy(stored.intervals(), 0, intervals, 0, storedRates);
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

  /** Executes a call as {@link io.traffik.Backend#decide} specifies, and updates the buckets. */
  long[] decide(BackendCall call) {
    QuotaPolicy policy = call.policy();
    long argument = argumentFromNow(call);
    long[] carried = new long[policy.size()];
    boolean representable = true;
    for (int i = 0; i < carried.length; i++) {
      carried[i] = TokenBucket.carried(fullAt[i], intervals[i], now, policy.rate(i));
      representable &= carried[i] != TokenBucket.UNREPRESENTABLE;
    }
    long[] next = representable ? after(call, argument, carried) : carried;
    long[] answer =
        switch (call.operation()) {
          case HIT, PEEK -> margins(call, carried);
          case REFUND -> levels(policy, next);
          case SETTLE ->
              append(levels(policy, next), representable ? unpaid(call, carried) : call.cost());
        };
    if (representable && mayWrite(call)) {
      for (int i = 0; i < next.length; i++) {
        set(i, next[i], policy.rate(i).nanosPerToken());
      }
    }
    return answer;
  }

  /** A denied hit may write too: the intervals of its rates (rule B11). */
  private static boolean mayWrite(BackendCall call) {
    return call.cost() > 0
        && call.operation() != Operation.PEEK
        && (call.operation() != Operation.HIT || call.cost() <= call.policy().capacity());
  }

  /**
   * The argument of a call from the current time on. Waits count from the clock of this host, which
   * must first catch up with the current time.
   */
  private long argumentFromNow(BackendCall call) {
    long behind = now - reading;
    return switch (call.operation()) {
      case HIT, PEEK -> Math.max(0, call.argument() - behind);
      // At 0, the refund would cancel no reservation, but return the tokens in any case.
      case REFUND -> call.argument() == 0 ? 0 : Math.max(1, call.argument() - behind);
      case SETTLE -> call.argument();
    };
  }

  /** The states after a call, which are the same as before if any rate denies it (rule B9). */
  private long[] after(BackendCall call, long argument, long[] carried) {
    long[] after = new long[carried.length];
    for (int i = 0; i < carried.length; i++) {
      Rate rate = call.policy().rate(i);
      if (!TokenBucket.grants(call.operation(), carried[i], now, rate, call.cost(), argument)) {
        return carried;
      }
      after[i] = TokenBucket.after(call.operation(), carried[i], now, rate, call.cost(), argument);
    }
    return after;
  }

  private long[] margins(BackendCall call, long[] carried) {
    long[] margins = new long[carried.length];
    for (int i = 0; i < margins.length; i++) {
      Rate rate = call.policy().rate(i);
      margins[i] =
          carried[i] == TokenBucket.UNREPRESENTABLE
              ? TokenBucket.marginOfUnrepresentable(
                  fullAt[i], intervals[i], now, rate, call.cost(), call.argument())
              : TokenBucket.margin(carried[i], now, rate, call.cost());
      if (margins[i] < 0 && margins[i] != Margin.NEVER) {
        margins[i] = Math.max(margins[i] - (now - reading), -Margin.MAX_NANOS);
      }
    }
    return margins;
  }

  private long[] levels(QuotaPolicy policy, long[] states) {
    long[] levels = new long[states.length];
    for (int i = 0; i < levels.length; i++) {
      levels[i] =
          states[i] == TokenBucket.UNREPRESENTABLE
              ? -Margin.MAX_NANOS
              : TokenBucket.margin(states[i], now, policy.rate(i), 0);
    }
    return levels;
  }

  private long unpaid(BackendCall settlement, long[] carried) {
    long most = 0;
    for (int i = 0; i < carried.length; i++) {
      Rate rate = settlement.policy().rate(i);
      long unpaid =
          TokenBucket.unpaid(carried[i], now, rate, settlement.cost(), settlement.argument());
      most = Math.max(most, unpaid);
    }
    return most;
  }

  private static long[] append(long[] numbers, long last) {
    long[] longer = Arrays.copyOf(numbers, numbers.length + 1);
    longer[numbers.length] = last;
    return longer;
  }

  private void set(int index, long instant, long interval) {
    boolean isFull = instant <= now && fullAt[index] <= now;
    if (!isFull && (instant != fullAt[index] || interval != intervals[index])) {
      fullAt[index] = instant;
      intervals[index] = interval;
      changed = true;
    }
  }

  /** Returns true if the store must be updated. */
  boolean changed() {
    return changed;
  }

  StoredValue toStoredValue() {
    return new StoredValue(now, fullAt, intervals);
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
