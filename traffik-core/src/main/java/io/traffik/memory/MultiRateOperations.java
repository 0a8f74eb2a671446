package io.traffik.memory;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.bucket.TokenBucket;
import io.traffik.spi.QuotaPolicy;
import java.lang.invoke.VarHandle;
import java.util.function.LongSupplier;

/**
 * All-or-nothing operations on a key of several rates, of which a policy may have only the first. A
 * change marks the key's first word busy, writes the other states, and replaces the first word
 * last. A denial or a peek writes nothing: it reads all states and then checks that the first word
 * is still the same.
 */
final class MultiRateOperations {

  private MultiRateOperations() {}

  /**
   * Decides a key if a table holds it.
   *
   * @param margins receives one margin per rate, from index 0, and after those of a settlement the
   *     number of unpaid tokens
   * @return false if the key is absent or may have been moved, which is final under the stripe's
   *     lock
   */
  static boolean decide(
      BucketTable table,
      long high,
      long low,
      Operation operation,
      QuotaPolicy policy,
      long cost,
      long argument,
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
      // The array holds the states first; they are replaced by margins once they are consistent.
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
      if (!changesState(operation, policy, cost, argument, now, margins)) {
        if (table.state(slot, tag) != first) {
          continue;
        }
        toMargins(operation, policy, cost, argument, now, margins);
        return true;
      }
      // Computed before the key is busy, so that releasing it after an error needs no call.
      long[] words = table.words;
      int firstWord = table.wordOffset(slot);
      if (!table.tryMarkBusy(slot, tag, first)) {
        continue;
      }
      boolean steady = true;
      try {
        for (int i = 1; i < policy.size(); i++) {
          steady &= table.laterState(slot, i) == margins[i];
        }
        long next =
            steady
                ? writeLaterStates(table, slot, operation, policy, cost, argument, now, margins)
                : first;
        table.setState(slot, tag, next);
      } catch (Throwable e) {
        // A busy key would block all its callers for ever. A call could overflow the stack, so
        // the release is a plain assignment. Later states that are written keep their new values.
        try {
          VarHandle.releaseFence();
        } finally {
          words[firstWord] = first ^ tag;
        }
        throw e;
      }
      if (steady) {
        toMargins(operation, policy, cost, argument, now, margins);
        return true;
      }
    }
  }

  /** Whether an operation changes any state; all instants up to now mean the same. */
  private static boolean changesState(
      Operation operation, QuotaPolicy policy, long cost, long argument, long now, long[] states) {
    boolean granted = isGranted(operation, policy, cost, argument, now, states);
    for (int i = 0; i < policy.size(); i++) {
      long next = next(granted, operation, policy.rate(i), cost, argument, now, states[i]);
      if (next != states[i] && (next > now || states[i] > now)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isGranted(
      Operation operation, QuotaPolicy policy, long cost, long argument, long now, long[] states) {
    for (int i = 0; i < policy.size(); i++) {
      Rate rate = policy.rate(i);
      long carried = carried(states[i], now, rate);
      if (!TokenBucket.grants(operation, carried, now, rate, cost, argument)) {
        return false;
      }
    }
    return true;
  }

  private static long next(
      boolean granted,
      Operation operation,
      Rate rate,
      long cost,
      long argument,
      long now,
      long state) {
    long carried = carried(state, now, rate);
    return granted ? TokenBucket.after(operation, carried, now, rate, cost, argument) : carried;
  }

  /** The state of a bucket that was written at the speed of the same rate. */
  private static long carried(long state, long now, Rate rate) {
    return TokenBucket.carried(state, rate.nanosPerToken(), now, rate);
  }

  /** Writes the later states and returns the first one. */
  private static long writeLaterStates(
      BucketTable table,
      int slot,
      Operation operation,
      QuotaPolicy policy,
      long cost,
      long argument,
      long now,
      long[] states) {
    boolean granted = isGranted(operation, policy, cost, argument, now, states);
    for (int i = 1; i < policy.size(); i++) {
      Rate rate = policy.rate(i);
      table.setLaterState(slot, i, next(granted, operation, rate, cost, argument, now, states[i]));
    }
    return next(granted, operation, policy.rate(0), cost, argument, now, states[0]);
  }

  /** Replaces states by the answer to an operation on them. */
  static void toMargins(
      Operation operation, QuotaPolicy policy, long cost, long argument, long now, long[] states) {
    boolean isHit = operation == Operation.HIT || operation == Operation.PEEK;
    boolean granted = isHit || isGranted(operation, policy, cost, argument, now, states);
    long unpaid = 0;
    for (int i = 0; i < policy.size(); i++) {
      Rate rate = policy.rate(i);
      long carried = carried(states[i], now, rate);
      if (operation == Operation.SETTLE) {
        unpaid = Math.max(unpaid, TokenBucket.unpaid(carried, now, rate, cost, argument));
      }
      states[i] =
          isHit
              ? TokenBucket.margin(carried, now, rate, cost)
              : TokenBucket.margin(
                  next(granted, operation, rate, cost, argument, now, carried), now, rate, 0);
    }
    if (operation == Operation.SETTLE) {
      states[policy.size()] = unpaid;
    }
  }
}
