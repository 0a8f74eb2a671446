package io.traffik.memory;

import io.traffik.ConfigurationException;
import io.traffik.Rate;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * All lists of rates that the keys of a store were written with. An index is never assigned again,
 * because a delayed thread may still search for a key by it. The number of lists is bounded, so
 * that rates that a program computes for each hit cannot exhaust the memory.
 */
final class RateListRegistry {

  /** Index 0 is never assigned: slots that no key has used hold it. */
  private static final int MOST_LISTS = (int) RateList.INDEX_BITS;

  private static final int INITIAL_LISTS = 8;

  private final ConcurrentMap<List<Rate>, RateList> byRates = new ConcurrentHashMap<>();
  private final SpinLock lock = new SpinLock();
  private volatile RateList[] byIndex = new RateList[0];

  /** The last assigned index. Guarded by the lock. */
  private int assigned;

  RateListRegistry() {
    byIndex = enlarged(INITIAL_LISTS);
  }

  /**
   * The list of some rates. A known list is found without a lock and without garbage.
   *
   * @param rates the rates, not modifiable
   * @throws ConfigurationException if it would be one list too many
   */
  RateList of(List<Rate> rates) {
    RateList known = byRates.get(rates);
    return known != null ? known : add(rates);
  }

  /** The list of some rates, or {@link RateList#UNASSIGNED}; adds none. */
  RateList find(List<Rate> rates) {
    return byRates.getOrDefault(rates, RateList.UNASSIGNED);
  }

  private RateList add(List<Rate> rates) {
    lock.lock();
    try {
      RateList other = byRates.get(rates);
      if (other != null) {
        return other;
      }
      if (assigned == MOST_LISTS) {
        throw new ConfigurationException(
            "Too many different lists of rates in one backend: "
                + MOST_LISTS
                + " (the limit). Choose rates from a fixed set, or create a new backend.");
      }
      RateList added = new RateList(rates, assigned + 1);
      if (added.index() == byIndex.length) {
        byIndex = enlarged(2 * byIndex.length);
      }
      // The index is assigned first: an error in one of the next steps must not assign it twice.
      assigned = added.index();
      byIndex[assigned] = added;
      byRates.put(rates, added);
      return added;
    } finally {
      lock.held = 0;
    }
  }

  private RateList[] enlarged(int length) {
    RateList[] enlarged = Arrays.copyOf(byIndex, length);
    Arrays.fill(enlarged, byIndex.length, length, RateList.UNASSIGNED);
    return enlarged;
  }

  /**
   * The list of a key, by the second half of its fingerprint.
   *
   * @return {@link RateList#UNASSIGNED} for a free slot that no key has used
   */
  RateList get(long low) {
    return byIndex[(int) (low & RateList.INDEX_BITS)];
  }
}
