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
 * One share of the buckets: a table for the keys of one rate, and one more for each greater number
 * of rates that throttles have.
 *
 * <p>A hit on a bucket that is there takes no lock, and on one of one rate does not even come here.
 * The lock is for adding keys, replacing tables, forgetting and giving way; whoever misses a key,
 * or may have, looks again under the lock, where a miss is final.
 *
 * <p>A stripe is its own lock: for a new client, an object more is a place more in memory that no
 * cache may have.
 */
final class Stripe extends SpinLock {

  private static final BucketTable[] NONE = {};

  private final KeyBudget budget;
  private final LongSupplier clock;
  private final Consumer<BucketTable> onNewTable;

  /** By number of rates, from 1, empty ones included; only ever replaced as a whole. */
  private volatile BucketTable[] tables = {BucketTable.EMPTY};

  /** Keys that this stripe may have. Guarded by the lock. */
  private long allowance;

  /** Takes what one rate of a key of several answers. Guarded by the lock. */
  private final long[] oneOfSeveral = new long[1];

  /** Guarded by the lock. */
  private final Evictor evictor = new Evictor();

  /** Whether an error may have left something half changed. Guarded by the lock. */
  private boolean damaged;

  /** Tables that keys are moved to, and that are not shown yet. Guarded by the lock. */
  private BucketTable[] arriving = NONE;

  /**
   * A stripe without keys.
   *
   * @param onNewTable is shown each new table of one rate
   */
  Stripe(KeyBudget budget, LongSupplier clock, Consumer<BucketTable> onNewTable) {
    this.budget = budget;
    this.clock = clock;
    this.onNewTable = onNewTable;
  }

  private BucketTable table(int rates) {
    BucketTable[] known = tables;
    return rates <= known.length ? known[rates - 1] : BucketTable.EMPTY;
  }

  /** Decides a key of one rate under the lock: it was missed without. */
  long decide(long high, long low, Operation operation, QuotaPolicy policy, long cost) {
    Rate rate = policy.rate(0);
    lock();
    try {
      mend();
      BucketTable holder = holder(high, low, policy);
      if (holder != null && holder.rates() == 1) {
        long now = clock.getAsLong();
        return SingleRateOperations.decide(holder, high, low, operation, rate, cost, now, clock);
      }
      if (holder != null) {
        MultiRateOperations.decide(holder, high, low, operation, policy, cost, clock, oneOfSeveral);
        return oneOfSeveral[0];
      }
      // Read after the absence was seen: at an earlier instant the key may have been there, and in
      // debt; what has refilled since then would be granted twice.
      long now = clock.getAsLong();
      long margin = SingleRateOperations.decideFull(operation, rate, cost);
      if (operation == Operation.HIT && margin >= 0 && cost > 0) {
        long state = TokenBucket.afterHit(now, rate, cost);
        int slot = makeSlot(low, 1, share(state - now, rate), now);
        if (slot >= 0) {
          table(1).setKey(slot, high, low);
          table(1).setBucket(slot, 0, Slots.tag(high, low), state, fill(rate));
        }
      }
      return margin;
    } catch (Error e) {
      damaged = true;
      throw e;
    } finally {
      held = 0;
    }
  }

  void decideAll(
      long high, long low, Operation operation, QuotaPolicy policy, long cost, long[] margins) {
    BucketTable table = table(policy.size());
    if (!MultiRateOperations.decide(table, high, low, operation, policy, cost, clock, margins)) {
      decideAllLocked(high, low, operation, policy, cost, margins);
    }
  }

  private void decideAllLocked(
      long high, long low, Operation operation, QuotaPolicy policy, long cost, long[] margins) {
    int rates = policy.size();
    lock();
    try {
      mend();
      BucketTable holder = holder(high, low, policy);
      if (holder != null) {
        MultiRateOperations.decide(holder, high, low, operation, policy, cost, clock, margins);
        return;
      }
      long now = clock.getAsLong();
      Arrays.fill(margins, 0, rates, now);
      MultiRateOperations.toMargins(operation, policy, cost, now, margins);
      // A full bucket denies no cost that can fit.
      if (operation == Operation.HIT && cost > 0 && cost <= policy.capacity()) {
        add(high, low, policy, cost, now);
      }
    } catch (Error e) {
      damaged = true;
      throw e;
    } finally {
      held = 0;
    }
  }

  private void add(long high, long low, QuotaPolicy policy, long cost, long now) {
    int rates = policy.size();
    double share = 0;
    for (int i = 0; i < rates; i++) {
      Rate rate = policy.rate(i);
      share = Math.max(share, share(TokenBucket.afterHit(0, rate, cost), rate));
    }
    int slot = makeSlot(low, rates, share, now);
    if (slot >= 0) {
      BucketTable table = table(rates);
      table.setKey(slot, high, low);
      for (int i = rates - 1; i >= 0; i--) {
        Rate rate = policy.rate(i);
        long state = TokenBucket.afterHit(now, rate, cost);
        table.setBucket(slot, i, Slots.tag(high, low), state, fill(rate));
      }
    }
  }

  private static double share(long missing, Rate rate) {
    return FillTimeCodec.share(missing, fill(rate));
  }

  private static char fill(Rate rate) {
    return FillTimeCodec.encode(rate.fillNanos());
  }

  /**
   * The table that holds a key under the lock, or null if it is absent. A key whose policy has
   * fewer rates now stays where it is, and the others keep what they lack; one whose policy has
   * more is brought over (rule B11).
   */
  private @Nullable BucketTable holder(long high, long low, QuotaPolicy policy) {
    BucketTable[] known = tables;
    int rates = policy.size();
    for (int wide = known.length; wide >= rates; wide--) {
      if (known[wide - 1].find(high, low) >= 0) {
        return known[wide - 1];
      }
    }
    for (int narrow = Math.min(rates - 1, known.length); narrow > 0; narrow--) {
      int found = known[narrow - 1].find(high, low);
      if (found >= 0) {
        return bringOver(known[narrow - 1], found, policy);
      }
    }
    return null;
  }

  private BucketTable bringOver(BucketTable from, int slot, QuotaPolicy policy) {
    long now = clock.getAsLong();
    char[] fills = new char[policy.size()];
    for (int i = 0; i < fills.length; i++) {
      fills[i] = fill(policy.rate(i));
    }
    BucketTable wider = roomyTable(policy.size(), now);
    from.moveTo(wider, slot, fills, now);
    return wider;
  }

  /**
   * Makes room for a key in the bound and in its table.
   *
   * @param share how much of its capacity the key misses
   * @return a slot for the key, or less than 0 if the key is the one to give way
   */
  private int makeSlot(long low, int rates, double share, long now) {
    while (BucketTable.live(tables) >= allowance) {
      int taken = budget.take();
      allowance += taken;
      if (taken == 0) {
        int slot = evictor.makeRoom(tables, rates, low, share, now);
        if (slot != Evictor.ANY_SLOT) {
          return slot;
        }
      }
    }
    return roomyTable(rates, now).reserve(low);
  }

  /** A table with room for one key more. */
  private BucketTable roomyTable(int rates, long now) {
    BucketTable table = table(rates);
    return table.isCrowded() ? rebuild(table, rates, 1, now) : table;
  }

  /**
   * Where an error, of stack or of memory, came in the midst of a change: gives up what was half
   * removed, and the copies of what was half moved, which would be in everybody's way for ever.
   */
  private void mend() {
    if (!damaged) {
      return;
    }
    BucketTable[] sources = allTables();
    int widest = 0;
    for (BucketTable source : sources) {
      widest = Math.max(widest, source.rates());
    }
    int[] keys = new int[widest];
    for (BucketTable source : sources) {
      keys[source.rates() - 1] += source.intact();
    }
    BucketTable[] mended = new BucketTable[widest];
    for (int i = 0; i < widest; i++) {
      mended[i] = withRoomFor(keys[i], i + 1);
    }
    // These, too, are a source if an error comes again; what has no key is not.
    arriving = joined(withKeys(arriving), mended);
    for (BucketTable source : sources) {
      source.moveTo(mended[source.rates() - 1]);
    }
    show(mended);
    arriving = NONE;
    damaged = false;
  }

  /** Where keys may be: what is shown, and what an error left on its way. */
  BucketTable[] allTables() {
    return joined(tables, arriving);
  }

  private static BucketTable[] joined(BucketTable[] some, BucketTable[] more) {
    BucketTable[] joined = Arrays.copyOf(some, some.length + more.length);
    System.arraycopy(more, 0, joined, some.length, more.length);
    return joined;
  }

  private static BucketTable[] withKeys(BucketTable[] tables) {
    BucketTable[] kept = new BucketTable[tables.length];
    int count = 0;
    for (BucketTable table : tables) {
      if (table.intact() > 0) {
        kept[count++] = table;
      }
    }
    return Arrays.copyOf(kept, count);
  }

  private static BucketTable withRoomFor(int keys, int rates) {
    return keys == 0 ? BucketTable.EMPTY : BucketTable.withRoomFor(keys, rates);
  }

  /** Replaces a table by one without full buckets, and with room for more keys. */
  private BucketTable rebuild(BucketTable table, int rates, int more, long now) {
    table.forget(now);
    BucketTable next = withRoomFor(table.live() + more, rates);
    BucketTable[] replaced = Arrays.copyOf(tables, Math.max(tables.length, rates));
    for (int i = tables.length; i < rates; i++) {
      replaced[i] = BucketTable.EMPTY;
    }
    replaced[rates - 1] = next;
    // Last, when there is nothing more to be allocated, for which the memory might be wanting.
    arriving = new BucketTable[] {next};
    table.moveTo(next);
    show(replaced);
    arriving = NONE;
    return next;
  }

  private void show(BucketTable[] replaced) {
    // First, so that an error in between leaves hits no table that the stripe does not have: what
    // they take there would be forgotten with the next key that is added.
    onNewTable.accept(replaced[0]);
    tables = replaced;
  }

  /** Slots of all tables; none where no table is needed. */
  int slots() {
    int slots = 0;
    for (BucketTable table : tables) {
      slots += table == BucketTable.EMPTY ? 0 : table.slots();
    }
    return slots;
  }

  /**
   * Forgets refilled buckets, unless another thread is at work here.
   *
   * @return how many keys were forgotten
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

  /** Forgets refilled buckets. */
  void cleanUp() {
    lock();
    try {
      sweep();
    } finally {
      held = 0;
    }
  }

  private void sweep() {
    try {
      mend();
      long now = clock.getAsLong();
      evictor.forget(tables, now);
      for (BucketTable table : tables) {
        if (table.isSparse()) {
          rebuild(table, table.rates(), 0, now);
        }
      }
      releaseSurplus();
    } catch (Error e) {
      damaged = true;
      throw e;
    }
  }

  /** Gives back what is allowed beyond the keys that are here, but for a little. */
  private void releaseSurplus() {
    long surplus = budget.surplus(allowance - BucketTable.live(tables));
    // First, so that an error in between loses no part of the bound for ever.
    budget.release(surplus);
    allowance -= surplus;
  }

  /** Drops all buckets. */
  void clear() {
    lock();
    try {
      BucketTable[] cleared = tables;
      // First, so that an error in between leaves no table shown whose keys nobody can hit.
      show(new BucketTable[] {BucketTable.EMPTY});
      // What an error left on its way is dropped, too: mended later, it would be back.
      arriving = NONE;
      evictor.startAnew();
      for (BucketTable table : cleared) {
        table.retireAll();
      }
      releaseSurplus();
    } catch (Error e) {
      damaged = true;
      throw e;
    } finally {
      held = 0;
    }
  }

  /** Keys held. */
  long size() {
    lock();
    try {
      return BucketTable.live(tables);
    } finally {
      held = 0;
    }
  }

  /** Keys that gave way to others, or newcomers that were not kept, with their buckets not full. */
  long evictions() {
    lock();
    try {
      return evictor.evictions();
    } finally {
      held = 0;
    }
  }
}
