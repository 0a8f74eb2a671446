package io.traffik.memory;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.bucket.TokenBucket;
import io.traffik.spi.QuotaPolicy;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One partition of the store's keys: a table for keys of one rate, a table for keys of two rates,
 * and so on, and a lock.
 *
 * <p>A hit on an existing key of the policy's rates takes no lock; with one rate it does not even
 * reach the stripe. The lock protects adding keys, changing their rates, replacing tables, removing
 * full buckets and eviction. A thread that misses a key without the lock searches again under the
 * lock, where a miss is final.
 *
 * <p>An error in the midst of a change, such as a {@link StackOverflowError}, may leave a key in
 * two places or in none. The next locked operation then drops all keys of the stripe and counts
 * them as evictions (rule M5). Every key of a dropped table is retired first. Threads that still
 * see such a table therefore come to the lock and cannot grant a key twice.
 */
final class Stripe extends StripeTables {

  private final KeyBudget budget;
  private final RateListRegistry lists;
  private final LongSupplier clock;

  /** The number of keys that this stripe may hold. Guarded by the lock. */
  private long allowance;

  /** Receives the answer for a policy of one rate. Guarded by the lock. */
  private final long[] singleAnswer = new long[2];

  /** Guarded by the lock. */
  private final Evictor evictor;

  /**
   * Whether a change is in progress. If a thread finds it true after taking the lock, an error
   * ended the previous holder's change half-way. Guarded by the lock.
   */
  private boolean changing;

  /** The number of keys lost to errors. Guarded by the lock. */
  private long lostKeys;

  /**
   * Creates a stripe without keys.
   *
   * @param lists the rates of all keys
   * @param onNewTable receives each new table of one rate
   */
  Stripe(
      KeyBudget budget,
      RateListRegistry lists,
      LongSupplier clock,
      Consumer<BucketTable> onNewTable) {
    super(onNewTable);
    this.budget = budget;
    this.lists = lists;
    this.clock = clock;
    this.evictor = new Evictor(lists);
  }

  /** Decides a key of several rates, with the lock only if it is missed without. */
  long decideAll(
      long high,
      long low,
      Operation operation,
      QuotaPolicy policy,
      long cost,
      long argument,
      long[] margins) {
    BucketTable table = table(policy.size());
    return MultiRateOperations.decide(
            table, high, low, operation, policy, cost, argument, clock, margins)
        ? margins[0]
        : decide(high, low, operation, policy, cost, argument, margins);
  }

  /**
   * Decides a key under the lock, after it was missed without.
   *
   * @param low the second half of the fingerprint, with the policy's list of rates
   * @param answer receives the answer; may be null as in {@link StripedStore#decide}
   * @return the margin of the first rate
   */
  long decide(
      long high,
      long low,
      Operation operation,
      QuotaPolicy policy,
      long cost,
      long argument,
      long @Nullable [] answer) {
    lock();
    try {
      dropIfDamaged();
      long[] margins = answer == null ? singleAnswer : answer;
      BucketTable table = tableHolding(high, low);
      if (table == BucketTable.EMPTY) {
        decideAbsent(high, low, operation, policy, cost, argument, margins);
        return margins[0];
      }
      int slot = table.findWithAnyRates(high, low);
      if (!lists.get(table.low(slot)).startsWith(policy)) {
        boolean writes = writes(operation, policy, cost);
        CarriedStates states = carryOver(table, slot, low, policy, writes);
        if (!writes || !states.areRepresentable()) {
          states.toMargins(operation, cost, argument, margins);
          return margins[0];
        }
        table = tableHolding(high, low);
        slot = table.findWithAnyRates(high, low);
      }
      // The key may have more rates than the policy: only then does its list differ now.
      long found = table.low(slot);
      if (table.rates() == 1) {
        return SingleRateOperations.decide(
            table,
            high,
            found,
            operation,
            policy.rate(0),
            cost,
            argument,
            SingleRateOperations.NOT_READ,
            clock,
            margins);
      }
      MultiRateOperations.decide(
          table, high, found, operation, policy, cost, argument, clock, margins);
      return margins[0];
    } finally {
      held = 0;
    }
  }

  /** Whether an operation may change states: others do not even change the speed (rule B11). */
  private static boolean writes(Operation operation, QuotaPolicy policy, long cost) {
    return cost > 0
        && operation != Operation.PEEK
        && (operation != Operation.HIT || cost <= policy.capacity());
  }

  /**
   * Whether an operation may add an absent key. A full bucket grants every cost within its
   * capacity, and has no room for a refund.
   */
  static boolean mayAdd(Operation operation, QuotaPolicy policy, long cost) {
    return operation != Operation.REFUND && writes(operation, policy, cost);
  }

  private void decideAbsent(
      long high,
      long low,
      Operation operation,
      QuotaPolicy policy,
      long cost,
      long argument,
      long[] margins) {
    // The clock must be read after the key was found to be absent. At an earlier instant the key
    // may have had a debt. The tokens that have refilled since would be granted twice.
    long now = clock.getAsLong();
    Arrays.fill(margins, 0, policy.size(), now);
    MultiRateOperations.toMargins(operation, policy, cost, argument, now, margins);
    if (mayAdd(operation, policy, cost)) {
      add(high, low, operation, policy, cost, argument, now);
    }
  }

  /** Adds a key whose buckets were full before a hit or settlement. */
  private void add(
      long high,
      long low,
      Operation operation,
      QuotaPolicy policy,
      long cost,
      long argument,
      long now) {
    changing = true;
    int rates = policy.size();
    RateList list = lists.get(low);
    double share = 0;
    for (int i = 0; i < rates; i++) {
      long missing = TokenBucket.after(operation, now, now, policy.rate(i), cost, argument) - now;
      share = Math.max(share, list.share(i, missing));
    }
    int slot = makeRoom(rates, low, share, now);
    if (slot >= 0) {
      BucketTable table = table(rates);
      table.setKey(slot, high, low);
      for (int i = rates - 1; i >= 0; i--) {
        Rate rate = policy.rate(i);
        table.setBucket(slot, i, TokenBucket.after(operation, now, now, rate, cost, argument));
      }
    }
    changing = false;
  }

  /**
   * Carries a key over to the rates of a policy, unless nothing is to be written or a debt is too
   * large for them.
   *
   * @param low the second half of the fingerprint, with any list of rates
   */
  private CarriedStates carryOver(
      BucketTable table, int slot, long low, QuotaPolicy policy, boolean writes) {
    RateList before = lists.get(table.low(slot));
    RateList after = writes ? lists.of(before.replacedBy(policy)) : before;
    changing = true;
    BucketTable target =
        after.size() > table.rates() ? tableWithRoom(after.size(), clock.getAsLong()) : table;
    long word = table.retire(slot);
    // The clock must be read after no thread can change the states any more.
    CarriedStates states =
        new CarriedStates(table.states(slot, word), before, policy, clock.getAsLong());
    if (writes && states.areRepresentable()) {
      table.changeRates(slot, target, RateList.withIndex(low, after.index()), states.states());
    } else {
      table.setWord(slot, word);
    }
    changing = false;
    return states;
  }

  /**
   * Makes room for a new key, both under the bound and in its table.
   *
   * @param share the largest missing share of the key's capacities
   * @return a slot for the key, or a negative number if the key must not be added
   */
  private int makeRoom(int rates, long low, double share, long now) {
    while (live() >= allowance) {
      int acquired = budget.acquire();
      allowance += acquired;
      if (acquired == 0) {
        int slot = evictor.makeRoom(tables, rates, low, share, now);
        if (slot != Evictor.ANY_SLOT) {
          return slot;
        }
      }
    }
    return tableWithRoom(rates, now).freeSlotFor(low);
  }

  /** Drops all keys if an error may have left one in two places or in none. */
  private void dropIfDamaged() {
    if (changing) {
      drop(live());
    }
  }

  /**
   * Drops all keys. If an error ends this half-way as well, the next locked operation drops the
   * rest.
   *
   * @param lost the number of keys to count as evictions
   */
  private void drop(long lost) {
    changing = true;
    retireAll();
    // No error can separate these two assignments, so that each lost key counts exactly once.
    tables = NO_KEYS;
    lostKeys += lost;
    publishRemoval();
    evictor.reset();
    releaseSurplus();
    changing = false;
  }

  /**
   * Removes full buckets unless another thread holds the lock.
   *
   * @return the number of removed keys
   */
  long trySweep() {
    if (slots() == 0 || !tryLock()) {
      return 0;
    }
    try {
      long before = live();
      sweep();
      return before - live();
    } finally {
      held = 0;
    }
  }

  /** Removes full buckets. */
  void cleanUp() {
    lock();
    try {
      sweep();
    } finally {
      held = 0;
    }
  }

  private void sweep() {
    dropIfDamaged();
    long now = clock.getAsLong();
    changing = true;
    evictor.removeFull(tables, now);
    shrink(now);
    releaseSurplus();
    changing = false;
  }

  /** Returns most of the unused allowance to the budget. */
  private void releaseSurplus() {
    long surplus = budget.surplus(allowance - live());
    // Releasing first: an error between may raise the bound, but cannot lower it for ever.
    budget.release(surplus);
    allowance -= surplus;
  }

  /** Drops all keys without counting evictions. */
  void clear() {
    lock();
    try {
      drop(0);
    } finally {
      held = 0;
    }
  }

  /** The number of keys. */
  long size() {
    lock();
    try {
      return live();
    } finally {
      held = 0;
    }
  }

  /** The number of keys that were lost, or not added, while their buckets were not full. */
  long evictions() {
    lock();
    try {
      return evictor.evictions() + lostKeys;
    } finally {
      held = 0;
    }
  }
}
