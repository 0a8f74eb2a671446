package io.traffik.memory;

import io.traffik.Operation;
import io.traffik.QuotaPolicy;
import io.traffik.Rate;
import io.traffik.bucket.TokenBucket;
import java.util.function.LongSupplier;

/**
 * Operations on a key of several rates, all or nothing: adjacent words, moved while the sign of the
 * first one keeps everybody else out. Only what moves something takes that lock; a denial and a
 * peek read, and read again whether the first word is still the same.
 */
final class SeveralRates {

  /** How long to wait for a thread that is at work on a key before letting others run. */
  private static final int SPINS = 256;

  private static final long PAUSE_NANOS = 1_000;

  private SeveralRates() {}

  /**
   * Decides a key if it is in a table.
   *
   * @param margins takes one margin per rate at its beginning
   * @return false if the key is not there, or may have been moved; under the lock of the stripe
   *     that is final
   */
  static boolean decide(
      BucketTable table,
      long high,
      long low,
      Operation operation,
      QuotaPolicy policy,
      long cost,
      LongSupplier clock,
      long[] margins) {
    long changes = table.changes();
    int slot = table.find(high, low);
    if (slot < 0) {
      return false;
    }
    long tag = Slots.tag(high, low);
    for (int spins = 0; ; ) {
      long first = table.state(slot, tag);
      // As they are read here, margins holds the states; they become margins once they hold still.
      for (int i = 1; i < policy.size(); i++) {
        margins[i] = table.laterState(slot, i);
      }
      margins[0] = first;
      if (first == Slots.RETIRED || table.changes() != changes) {
        return false;
      }
      if (first < 0) {
        spins = pause(spins);
        continue;
      }
      long now = clock.getAsLong();
      if (!moves(operation, policy, cost, now, margins)) {
        if (table.state(slot, tag) != first) {
          continue;
        }
        toMargins(operation, policy, cost, now, margins);
        return true;
      }
      if (!table.makeBusy(slot, tag, first)) {
        continue;
      }
      boolean steady = true;
      try {
        for (int i = 1; i < policy.size(); i++) {
          steady &= table.laterState(slot, i) == margins[i];
        }
        long next = steady ? write(table, slot, operation, policy, cost, now, margins) : first;
        table.setState(slot, 0, tag, next);
      } catch (Throwable e) {
        // For want of stack, say. All who hit a key that stays busy would wait for ever. What was
        // taken by later rates stays taken.
        table.endBusy(slot, tag, first);
        throw e;
      }
      if (steady) {
        toMargins(operation, policy, cost, now, margins);
        return true;
      }
    }
  }

  /**
   * Waits a little for a thread that is at work on a key.
   *
   * @return for the next time
   */
  static int pause(int spins) {
    if (spins < SPINS) {
      Thread.onSpinWait();
      return spins + 1;
    }
    // Its thread may have been taken off the processor.
    BriefLock.rest(PAUSE_NANOS);
    return 0;
  }

  /** Whether an operation changes any state. */
  private static boolean moves(
      Operation operation, QuotaPolicy policy, long cost, long now, long[] states) {
    boolean granted = isGranted(operation, policy, cost, now, states);
    for (int i = 0; i < policy.size(); i++) {
      long next = next(granted, operation, policy.rate(i), cost, now, states[i]);
      if (next != states[i] && (next > now || states[i] > now)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isGranted(
      Operation operation, QuotaPolicy policy, long cost, long now, long[] states) {
    boolean granted = operation == Operation.HIT;
    for (int i = 0; granted && i < policy.size(); i++) {
      Rate rate = policy.rate(i);
      granted = TokenBucket.margin(TokenBucket.carried(states[i], now, rate), now, rate, cost) >= 0;
    }
    return granted;
  }

  private static long next(
      boolean granted, Operation operation, Rate rate, long cost, long now, long state) {
    long carried = TokenBucket.carried(state, now, rate);
    if (operation == Operation.REFUND) {
      return TokenBucket.afterRefund(carried, now, rate, cost);
    }
    return granted ? TokenBucket.afterHit(carried, rate, cost) : carried;
  }

  /** Writes all states but the first, and returns that. */
  private static long write(
      BucketTable table,
      int slot,
      Operation operation,
      QuotaPolicy policy,
      long cost,
      long now,
      long[] states) {
    boolean granted = isGranted(operation, policy, cost, now, states);
    for (int i = 1; i < policy.size(); i++) {
      table.setState(slot, i, 0, next(granted, operation, policy.rate(i), cost, now, states[i]));
    }
    return next(granted, operation, policy.rate(0), cost, now, states[0]);
  }

  /** Replaces states by the margins that they mean. */
  static void toMargins(
      Operation operation, QuotaPolicy policy, long cost, long now, long[] states) {
    for (int i = 0; i < policy.size(); i++) {
      Rate rate = policy.rate(i);
      long carried = TokenBucket.carried(states[i], now, rate);
      states[i] =
          operation == Operation.REFUND
              ? TokenBucket.margin(TokenBucket.afterRefund(carried, now, rate, cost), now, rate, 0)
              : TokenBucket.margin(carried, now, rate, cost);
    }
  }
}
