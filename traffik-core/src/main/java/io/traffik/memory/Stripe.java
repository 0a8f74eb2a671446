package io.traffik.memory;

import io.traffik.Operation;
import io.traffik.QuotaPolicy;
import io.traffik.Rate;
import io.traffik.bucket.TokenBucket;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One share of the buckets: a table for the keys of one rate, and one more for each greater number
 * of rates that throttles have.
 *
 * <p>A hit on a bucket that is there takes no lock, and on one of one rate does not even come here.
 * The lock is for adding keys, replacing tables, forgetting and giving way; whoever misses a key,
 * or finds it retired, looks again under the lock, where a miss is final.
 */
final class Stripe {

  private final ReentrantLock lock = new ReentrantLock();
  private final Budget budget;
  private final LongSupplier clock;
  private final LongAdder evictions;
  private final Consumer<BucketTable> firstTable;

  /** By number of rates, from 1; only ever replaced as a whole. */
  private volatile BucketTable[] tables = {BucketTable.EMPTY};

  /** Keys that are in use, in all tables. Guarded by the lock. */
  private long keys;

  /** Keys that this stripe may have. Guarded by the lock. */
  private long allowance;

  /**
   * A stripe without keys.
   *
   * @param firstTable is shown each new table of one rate
   */
  Stripe(Budget budget, LongSupplier clock, LongAdder evictions, Consumer<BucketTable> firstTable) {
    this.budget = budget;
    this.clock = clock;
    this.evictions = evictions;
    this.firstTable = firstTable;
  }

  private BucketTable table(int rates) {
    BucketTable[] known = tables;
    return rates <= known.length ? known[rates - 1] : BucketTable.EMPTY;
  }

  /** Decides a key of one rate under the lock: it was missed, or found retired, without. */
  long decide(long high, long low, Operation operation, QuotaPolicy policy, long cost) {
    Rate rate = policy.rate(0);
    lock.lock();
    try {
      BucketTable holder = holder(high, low, 1);
      if (holder != null && holder.rates() == 1) {
        long now = clock.getAsLong();
        return OneRate.decide(holder, holder.find(high, low), operation, rate, cost, now, clock);
      }
      if (holder != null) {
        long[] margins = new long[1];
        SeveralRates.decide(
            holder, holder.find(high, low), operation, policy, cost, clock, margins);
        return margins[0];
      }
      // Read after the absence was seen: an earlier instant would make the bucket start emptier
      // than full for hits that come right after.
      long now = clock.getAsLong();
      long margin = OneRate.decideFull(operation, rate, cost);
      if (operation == Operation.HIT && margin >= 0 && cost > 0) {
        long state = TokenBucket.afterHit(now, rate, cost);
        int place = makePlace(low, 1, share(state - now, rate), now);
        if (place >= 0) {
          table(1).setState(place, 0, state);
          table(1).setFill(place, 0, rate.fillNanos());
          show(place, high, low, 1);
        }
      }
      return margin;
    } finally {
      lock.unlock();
    }
  }

  void decideAll(
      long high, long low, Operation operation, QuotaPolicy policy, long cost, long[] margins) {
    BucketTable table = table(policy.size());
    int at = table.find(high, low);
    if (at < 0 || !SeveralRates.decide(table, at, operation, policy, cost, clock, margins)) {
      decideAllLocked(high, low, operation, policy, cost, margins);
    }
  }

  private void decideAllLocked(
      long high, long low, Operation operation, QuotaPolicy policy, long cost, long[] margins) {
    int rates = policy.size();
    lock.lock();
    try {
      BucketTable holder = holder(high, low, rates);
      if (holder != null) {
        SeveralRates.decide(
            holder, holder.find(high, low), operation, policy, cost, clock, margins);
        return;
      }
      long now = clock.getAsLong();
      Arrays.fill(margins, 0, rates, now);
      SeveralRates.toMargins(operation, policy, cost, now, margins);
      // A full bucket denies no cost that can fit.
      if (operation == Operation.HIT && cost > 0 && cost <= policy.capacity()) {
        add(high, low, policy, cost, now);
      }
    } finally {
      lock.unlock();
    }
  }

  private void add(long high, long low, QuotaPolicy policy, long cost, long now) {
    int rates = policy.size();
    long share = 0;
    for (int i = 0; i < rates; i++) {
      Rate rate = policy.rate(i);
      share = Math.max(share, share(TokenBucket.afterHit(0, rate, cost), rate));
    }
    int place = makePlace(low, rates, share, now);
    if (place >= 0) {
      for (int i = 0; i < rates; i++) {
        Rate rate = policy.rate(i);
        table(rates).setState(place, i, TokenBucket.afterHit(now, rate, cost));
        table(rates).setFill(place, i, rate.fillNanos());
      }
      show(place, high, low, rates);
    }
  }

  private static long share(long missing, Rate rate) {
    return Fill.share(missing, Fill.encode(rate.fillNanos()));
  }

  private void show(int place, long high, long low, int rates) {
    table(rates).show(place, high, low);
    keys++;
  }

  /**
   * The table that holds a key under the lock, or null if it is absent. A key whose policy has
   * fewer rates now stays where it is, and the others keep what they lack; one whose policy has
   * more is brought over (rule B11).
   */
  private @Nullable BucketTable holder(long high, long low, int rates) {
    BucketTable[] known = tables;
    for (int wide = known.length; wide >= rates; wide--) {
      if (known[wide - 1].find(high, low) >= 0) {
        return known[wide - 1];
      }
    }
    for (int narrow = Math.min(rates - 1, known.length); narrow > 0; narrow--) {
      int found = known[narrow - 1].find(high, low);
      if (found >= 0) {
        return bringOver(high, low, known[narrow - 1], found, rates);
      }
    }
    return null;
  }

  private @Nullable BucketTable bringOver(
      long high, long low, BucketTable from, int found, int rates) {
    long now = clock.getAsLong();
    long share = from.missing(found, now);
    long first = from.retire(found);
    keys--;
    int place = makePlace(low, rates, share, now);
    if (place < 0) {
      return null;
    }
    BucketTable table = table(rates);
    table.setState(place, 0, first);
    from.copyFill(found, 0, table, place, 0);
    for (int i = 1; i < rates; i++) {
      int source = Math.min(i, from.rates() - 1);
      table.setState(place, i, i < from.rates() ? from.state(found, i) : now);
      from.copyFill(found, source, table, place, i);
    }
    show(place, high, low, rates);
    return table;
  }

  /**
   * Makes room for a key in the bound and in its table.
   *
   * @param share how much of its capacity the key misses
   * @return a reserved place, or −1 if the key is the one to give way
   */
  private int makePlace(long low, int rates, long share, long now) {
    while (keys >= allowance) {
      int taken = budget.take();
      allowance += taken;
      if (taken == 0 && !oneGivesWay(share, now)) {
        evictions.increment();
        return -1;
      }
    }
    BucketTable table = table(rates);
    if (table.isCrowded()) {
      table = rebuild(table, rates, 1, now);
    }
    return table.reserve(low);
  }

  /**
   * Puts the key out of use that misses least, among a sample. What misses half or more of its
   * capacity stays if the newcomer misses less: that one is not kept then.
   *
   * @return false if the newcomer is to give way
   */
  private boolean oneGivesWay(long share, long now) {
    BucketTable chosen = null;
    int victim = -1;
    long smallest = Long.MAX_VALUE;
    for (BucketTable table : tables) {
      int candidate = table.leastMissing(now);
      long missing = candidate < 0 ? Long.MAX_VALUE : table.missing(candidate, now);
      if (missing < smallest) {
        smallest = missing;
        victim = candidate;
        chosen = table;
      }
    }
    if (chosen == null || (smallest >= Fill.WHOLE / 2 && smallest > share)) {
      return false;
    }
    chosen.retire(victim);
    keys--;
    if (smallest > 0) {
      evictions.increment();
    }
    return true;
  }

  /** Replaces a table by one without retired keys and full buckets, and with room for more keys. */
  private BucketTable rebuild(BucketTable table, int rates, int more, long now) {
    forget(table, now);
    int wanted = table.live() + more;
    BucketTable next = wanted == 0 ? BucketTable.EMPTY : BucketTable.withRoomFor(wanted, rates);
    table.moveTo(next);
    BucketTable[] replaced = Arrays.copyOf(tables, Math.max(tables.length, rates));
    for (int i = tables.length; i < rates; i++) {
      replaced[i] = BucketTable.EMPTY;
    }
    replaced[rates - 1] = next;
    show(replaced);
    return next;
  }

  private void show(BucketTable[] replaced) {
    tables = replaced;
    firstTable.accept(replaced[0]);
  }

  private void forget(BucketTable table, long now) {
    int before = table.live();
    table.forget(now);
    keys -= before - table.live();
  }

  /**
   * Forgets refilled buckets, unless another thread is at work here.
   *
   * @return how many slots were looked at
   */
  int trySweep() {
    int slots = 0;
    for (BucketTable table : tables) {
      slots += table.slots();
    }
    // Nothing but the table that every stripe begins with.
    if (slots > 1 && lock.tryLock()) {
      try {
        sweep();
      } finally {
        lock.unlock();
      }
    }
    return slots;
  }

  /** Forgets refilled buckets. */
  void cleanUp() {
    lock.lock();
    try {
      sweep();
    } finally {
      lock.unlock();
    }
  }

  private void sweep() {
    long now = clock.getAsLong();
    for (BucketTable table : tables) {
      forget(table, now);
      if (table.isSparse()) {
        rebuild(table, table.rates(), 0, now);
      }
    }
    release();
  }

  private void release() {
    long surplus = budget.surplus(allowance - keys);
    allowance -= surplus;
    budget.giveBack(surplus);
  }

  /** Drops all buckets. */
  void clear() {
    lock.lock();
    try {
      BucketTable[] dropped = tables;
      for (BucketTable table : dropped) {
        table.retireAll();
      }
      show(new BucketTable[] {BucketTable.EMPTY});
      keys = 0;
      release();
    } finally {
      lock.unlock();
    }
  }

  /** Keys held. */
  long size() {
    lock.lock();
    try {
      return keys;
    } finally {
      lock.unlock();
    }
  }
}
