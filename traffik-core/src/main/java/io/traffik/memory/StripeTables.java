package io.traffik.memory;

import java.util.Arrays;
import java.util.function.Consumer;

/**
 * The tables of a {@link Stripe}, its only subclass: one for keys of one rate, one for keys of two
 * rates, and so on. All methods require the stripe's lock, except for {@link #table} and {@link
 * #slots}.
 *
 * <p>A superclass instead of a field saves each hit a read of another object. For the same reason,
 * a stripe is its own lock.
 */
abstract sealed class StripeTables extends SpinLock permits Stripe {

  static final BucketTable[] NO_KEYS = {BucketTable.EMPTY};

  private final Consumer<BucketTable> onNewTable;

  /**
   * The tables by number of rates, from 1; empty ones included. The array never changes. Dropping
   * all keys writes this field directly, because a call could overflow the stack.
   */
  volatile BucketTable[] tables = NO_KEYS;

  StripeTables(Consumer<BucketTable> onNewTable) {
    this.onNewTable = onNewTable;
  }

  /** The table for keys of a number of rates. */
  final BucketTable table(int rates) {
    BucketTable[] current = tables;
    return rates <= current.length ? current[rates - 1] : BucketTable.EMPTY;
  }

  /** Slots of all tables; 0 without keys. */
  final int slots() {
    int slots = 0;
    for (BucketTable table : tables) {
      slots += table == BucketTable.EMPTY ? 0 : table.slots();
    }
    return slots;
  }

  /** The number of keys. */
  final long live() {
    return BucketTable.live(tables);
  }

  /** The table that holds a key with any rates, or {@link BucketTable#EMPTY} if it is absent. */
  final BucketTable tableHolding(long high, long low) {
    for (BucketTable table : tables) {
      if (table.findWithAnyRates(high, low) >= 0) {
        return table;
      }
    }
    return BucketTable.EMPTY;
  }

  /** The current table for a number of rates, enlarged if it has no room for another key. */
  final BucketTable tableWithRoom(int rates, long now) {
    BucketTable table = table(rates);
    return table.isCrowded() ? rebuild(table, rates, 1, now) : table;
  }

  /** Replaces tables that have become too large for their keys. */
  final void shrink(long now) {
    for (BucketTable table : tables) {
      if (table.isSparse()) {
        rebuild(table, table.rates(), 0, now);
      }
    }
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
    // All keys of the replaced table are retired now. The stripe comes first: no thread may ever
    // see a table that the stripe could not drop.
    tables = replaced;
    onNewTable.accept(replaced[0]);
    return next;
  }

  /** Retires all keys, so that no thread can grant one from a table that it still sees. */
  final void retireAll() {
    for (BucketTable table : tables) {
      table.retireAll();
    }
  }

  /** Publishes the removal of all tables. */
  final void publishRemoval() {
    onNewTable.accept(BucketTable.EMPTY);
  }
}
