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
 * and so on, and the lock for changing them.
 *
 * <p>A hit on an existing key takes no lock; with one rate it does not even reach the stripe. The
 * lock protects adding keys, replacing tables, removing full buckets and eviction. A thread that
 * misses a key without the lock searches again under the lock, where a miss is final.
 *
 * <p>An error in the midst of a change, such as a {@link StackOverflowError}, may leave a key in
 * two places or in none. The next locked operation then drops all keys of the stripe and counts
 * them as evictions (rule M5). Every key of a dropped table is retired first. Threads that still
 * see such a table therefore come to the lock and cannot grant a key twice.
 *
 * <p>A stripe is its own lock because a separate lock could cost another cache miss.
 */
final class Stripe extends SpinLock {

  private static final BucketTable[] NO_KEYS = {BucketTable.EMPTY};

  private final KeyBudget budget;
  private final LongSupplier clock;
  private final Consumer<BucketTable> onNewTable;

  /** The tables by number of rates, from 1; empty ones included. The array never changes. */
  private volatile BucketTable[] tables = NO_KEYS;

  /** The number of keys that this stripe may hold. Guarded by the lock. */
  private long allowance;

  /** Receives the margin of a policy that has one rate. Guarded by the lock. */
  private final long[] singleMargin = new long[1];

  /** Guarded by the lock. */
  private final Evictor evictor = new Evictor();

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
   * @param onNewTable receives each new table of one rate
   */
  Stripe(KeyBudget budget, LongSupplier clock, Consumer<BucketTable> onNewTable) {
    this.budget = budget;
    this.clock = clock;
    this.onNewTable = onNewTable;
  }

  /** The table for keys of a number of rates. */
  BucketTable table(int rates) {
    BucketTable[] current = tables;
    return rates <= current.length ? current[rates - 1] : BucketTable.EMPTY;
  }

  /** Decides a key of one rate under the lock, after it was missed without. */
  long decide(long high, long low, Operation operation, QuotaPolicy policy, long cost) {
    return decideLocked(high, low, operation, policy, cost, singleMargin);
  }

  /** Decides a key of several rates, with the lock only if it is missed without. */
  void decideAll(
      long high, long low, Operation operation, QuotaPolicy policy, long cost, long[] margins) {
    BucketTable table = table(policy.size());
    if (!MultiRateOperations.decide(table, high, low, operation, policy, cost, clock, margins)) {
      decideLocked(high, low, operation, policy, cost, margins);
    }
  }

  private long decideLocked(
      long high, long low, Operation operation, QuotaPolicy policy, long cost, long[] margins) {
    lock();
    try {
      dropIfDamaged();
      BucketTable table = tableHolding(high, low, policy);
      if (table != null && table.rates() == 1) {
        Rate rate = policy.rate(0);
        long now = clock.getAsLong();
        return SingleRateOperations.decide(table, high, low, operation, rate, cost, now, clock);
      }
      if (table != null) {
        MultiRateOperations.decide(table, high, low, operation, policy, cost, clock, margins);
        return margins[0];
      }
      // The clock must be read after the key was seen to be absent. At an earlier instant the key
      // may have existed with a debt, and what has refilled since would be granted twice.
      long now = clock.getAsLong();
      Arrays.fill(margins, 0, policy.size(), now);
      MultiRateOperations.toMargins(operation, policy, cost, now, margins);
      // A full bucket grants every cost within its capacity.
      if (operation == Operation.HIT && cost > 0 && cost <= policy.capacity()) {
        add(high, low, policy, cost, now);
      }
      return margins[0];
    } finally {
      held = 0;
    }
  }

  /** Adds a key whose buckets were full before a granted hit. */
  private void add(long high, long low, QuotaPolicy policy, long cost, long now) {
    changing = true;
    int rates = policy.size();
    double share = 0;
    for (int i = 0; i < rates; i++) {
      Rate rate = policy.rate(i);
      long missing = TokenBucket.afterHit(0, rate, cost);
      share = Math.max(share, FillTimeCodec.share(missing, fill(rate)));
    }
    int slot = makeRoom(rates, low, share, now);
    if (slot >= 0) {
      BucketTable table = table(rates);
      table.setKey(slot, high, low);
      for (int i = rates - 1; i >= 0; i--) {
        Rate rate = policy.rate(i);
        long state = TokenBucket.afterHit(now, rate, cost);
        table.setBucket(slot, i, Slots.tag(high, low), state, fill(rate));
      }
    }
    changing = false;
  }

  private static char fill(Rate rate) {
    return FillTimeCodec.encode(rate.fillNanos());
  }

  /**
   * The table that holds a key, or null if the key is absent. Requires the lock. A key that has
   * more rates than its policy stays in its table, and the surplus rates keep their states. A key
   * that has fewer is migrated to the table for the policy's rates (rule B11).
   */
  private @Nullable BucketTable tableHolding(long high, long low, QuotaPolicy policy) {
    BucketTable[] current = tables;
    int rates = policy.size();
    for (int wide = current.length; wide >= rates; wide--) {
      if (current[wide - 1].find(high, low) >= 0) {
        return current[wide - 1];
      }
    }
    for (int narrow = Math.min(rates - 1, current.length); narrow > 0; narrow--) {
      int slot = current[narrow - 1].find(high, low);
      if (slot >= 0) {
        return migrate(current[narrow - 1], slot, policy);
      }
    }
    return null;
  }

  private BucketTable migrate(BucketTable from, int slot, QuotaPolicy policy) {
    long now = clock.getAsLong();
    changing = true;
    char[] fills = new char[policy.size()];
    for (int i = 0; i < fills.length; i++) {
      fills[i] = fill(policy.rate(i));
    }
    BucketTable wider = tableWithRoom(policy.size(), now);
    from.moveKeyTo(wider, slot, fills, now);
    changing = false;
    return wider;
  }

  /**
   * Makes room for a new key, both under the bound and in its table.
   *
   * @param share the largest missing share of the key's capacities
   * @return a slot for the key, or a negative number if the key must not be added
   */
  private int makeRoom(int rates, long low, double share, long now) {
    while (BucketTable.live(tables) >= allowance) {
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

  /** The current table for a number of rates, enlarged if it has no room for another key. */
  private BucketTable tableWithRoom(int rates, long now) {
    BucketTable table = table(rates);
    return table.isCrowded() ? rebuild(table, rates, 1, now) : table;
  }

  /** Replaces a table by one that has no full buckets and has room for additional keys. */
  private BucketTable rebuild(BucketTable table, int rates, int additional, long now) {
    table.removeFull(now);
    int keys = table.live() + additional;
    BucketTable next = keys == 0 ? BucketTable.EMPTY : BucketTable.withRoomFor(keys, rates);
    BucketTable[] replaced = Arrays.copyOf(tables, Math.max(tables.length, rates));
    for (int i = tables.length; i < rates; i++) {
      replaced[i] = BucketTable.EMPTY;
    }
    replaced[rates - 1] = next;
    table.moveAllTo(next);
    publish(replaced);
    return next;
  }

  /**
   * Publishes tables after all keys of the replaced ones were retired. The stripe comes first: no
   * thread may ever see a table that the stripe could not drop.
   */
  private void publish(BucketTable[] replaced) {
    tables = replaced;
    onNewTable.accept(replaced[0]);
  }

  /** Drops all keys if an error may have left one in two places or in none. */
  private void dropIfDamaged() {
    if (changing) {
      drop(BucketTable.live(tables));
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
    for (BucketTable table : tables) {
      table.retireAll();
    }
    // No error can separate these two assignments, so that each lost key counts exactly once.
    tables = NO_KEYS;
    lostKeys += lost;
    onNewTable.accept(BucketTable.EMPTY);
    evictor.reset();
    releaseSurplus();
    changing = false;
  }

  /** Slots of all tables; 0 without keys. */
  int slots() {
    int slots = 0;
    for (BucketTable table : tables) {
      slots += table == BucketTable.EMPTY ? 0 : table.slots();
    }
    return slots;
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
      long before = BucketTable.live(tables);
      sweep();
      return before - BucketTable.live(tables);
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
    for (BucketTable table : tables) {
      if (table.isSparse()) {
        rebuild(table, table.rates(), 0, now);
      }
    }
    releaseSurplus();
    changing = false;
  }

  /** Returns most of the unused allowance to the budget. */
  private void releaseSurplus() {
    long surplus = budget.surplus(allowance - BucketTable.live(tables));
    // Releasing first guarantees that an error cannot lose a part of the bound for ever.
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
      return BucketTable.live(tables);
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
