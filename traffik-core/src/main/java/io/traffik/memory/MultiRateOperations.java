package io.traffik.memory;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.bucket.TokenBucket;
import io.traffik.spi.QuotaPolicy;
import java.lang.invoke.VarHandle;
import java.util.function.LongSupplier;

/**
 * Operations on a key of several rates, all or nothing: adjacent words, moved while the sign of the
 * first one keeps everybody else out. Only what moves something takes that lock; a denial and a
 * peek read, and read again whether the first word is still the same.
 */
final class MultiRateOperations {

  private MultiRateOperations() {}

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
        spins = Backoff.pause(spins);
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
      // Before the key is busy: no call may be needed to let go of it.
      long[] words = table.words;
      int at = table.wordOffset(slot);
      if (!table.tryMarkBusy(slot, tag, first)) {
        continue;
      }
      boolean steady = true;
      try {
        for (int i = 1; i < policy.size(); i++) {
          steady &= table.laterState(slot, i) == margins[i];
        }
        long next = steady ? write(table, slot, operation, policy, cost, now, margins) : first;
        table.setState(slot, tag, next);
      } catch (Throwable e) {
        // For want of stack, say, which another call may not find either; and all who hit a key
        // that
        // stays busy wait for ever. What was taken by later rates stays taken.
        try {
          VarHandle.releaseFence();
        } finally {
          words[at] = first ^ tag;
        }
        throw e;
      }
      if (steady) {
        toMargins(operation, policy, cost, now, margins);
        return true;
      }
    }
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
      table.setLaterState(slot, i, next(granted, operation, policy.rate(i), cost, now, states[i]));
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
