package io.traffik.memory;

import io.traffik.spi.QuotaPolicy;
import org.jspecify.annotations.Nullable;

/**
 * The indices of the policies' {@link RateList}s, in an open-addressing table. It serves
 * applications with many plans, of which each has a policy: a search by the policy takes less time
 * than one by its rates. Any number of threads may use the table without a lock: a thread that does
 * not see an entry searches by the rates.
 */
final class RateIndexCache {

  /** The index of a policy whose rates no key has. */
  static final int NONE = 0;

  private static final int SMALLEST = 64;

  /** Enough for all policies of a throttle (rule T9). */
  private static final int LARGEST = 1 << 14;

  private static final int PROBES = 4;

  private record Entry(QuotaPolicy policy, int index) {}

  private final RateListRegistry lists;
  private @Nullable Entry[] entries = new Entry[SMALLEST];

  RateIndexCache(RateListRegistry lists) {
    this.lists = lists;
  }

  /** The index of a policy's rates, or {@link #NONE}; assigns none. */
  int indexOf(QuotaPolicy policy) {
    @Nullable Entry[] table = entries;
    Entry first = table[home(policy, table.length)];
    return first != null && first.policy.equals(policy) ? first.index : probe(table, policy);
  }

  private static int home(QuotaPolicy policy, int slots) {
    int hash = policy.hashCode();
    return (hash ^ hash >>> 16) & (slots - 1);
  }

  private int probe(@Nullable Entry[] table, QuotaPolicy policy) {
    int home = home(policy, table.length);
    int free = -1;
    for (int i = 0; i < PROBES && free < 0; i++) {
      int slot = (home + i) & (table.length - 1);
      Entry entry = table[slot];
      if (entry == null) {
        free = slot;
      } else if (entry.policy.equals(policy)) {
        return entry.index;
      }
    }
    int index = lists.find(policy.rates()).index();
    if (index != NONE) {
      add(table, free, new Entry(policy, index));
    }
    return index;
  }

  /** Adds an entry, or loses it if another thread changes the table at the same time. */
  private void add(@Nullable Entry[] table, int free, Entry added) {
    if (free >= 0) {
      table[free] = added;
    } else if (table.length < LARGEST) {
      entries = enlarged(table);
    } else {
      table[home(added.policy, table.length)] = added;
    }
  }

  /** A table of twice the size, with the entries that fit into their first slots. */
  private static @Nullable Entry[] enlarged(@Nullable Entry[] table) {
    @Nullable Entry[] enlarged = new Entry[2 * table.length];
    for (Entry entry : table) {
      if (entry != null) {
        enlarged[home(entry.policy, enlarged.length)] = entry;
      }
    }
    return enlarged;
  }

  /** The number of slots. */
  int slots() {
    return entries.length;
  }
}
