package io.traffik.memory;

import io.traffik.Rate;
import io.traffik.spi.QuotaPolicy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The rates that the states of a key were last written with, and the index of this list in its
 * {@link RateListRegistry}. The index occupies the lowest 16 bits of the second half of a key's
 * fingerprint. A search for a key therefore compares the list as well, at no additional cost.
 */
final class RateList {

  /** The bits of a fingerprint's second half that hold the index of a list. */
  static final long INDEX_BITS = 0xffff;

  private static final int MOST_RATES = 16;

  /** Stands for every index that is not assigned, so that free slots have a list as well. */
  static final RateList UNASSIGNED = new RateList();

  private final List<Rate> rates;
  private final int index;

  /** By place: the share of the capacity that refills per nanosecond. */
  private final double[] sharePerNano;

  private RateList() {
    this.rates = List.of();
    this.index = 0;
    this.sharePerNano = new double[MOST_RATES];
  }

  RateList(List<Rate> rates, int index) {
    this.rates = rates;
    this.index = index;
    this.sharePerNano = new double[rates.size()];
    Arrays.setAll(sharePerNano, place -> 1.0 / rates.get(place).fillNanos());
  }

  /** The second half of a fingerprint, with the index of a list. */
  static long withIndex(long low, int index) {
    return (low & ~INDEX_BITS) | index;
  }

  /** Whether the second halves of two fingerprints differ at most in their lists. */
  static boolean isSameKey(long low, long other) {
    return ((low ^ other) & ~INDEX_BITS) == 0;
  }

  int index() {
    return index;
  }

  int size() {
    return rates.size();
  }

  Rate rate(int place) {
    return rates.get(place);
  }

  /**
   * The missing share of a bucket's capacity: 0 for a full bucket, and above 1 for one that owes.
   *
   * @param missingNanos the time until the bucket is full
   */
  double share(int place, long missingNanos) {
    return Math.max(0, missingNanos) * sharePerNano[place];
  }

  /** Whether the first rates of this list are those of a policy. */
  boolean startsWith(QuotaPolicy policy) {
    if (policy.size() > size()) {
      return false;
    }
    for (int i = 0; i < policy.size(); i++) {
      if (!policy.rate(i).equals(rates.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** The rates of a policy, followed by those of this list that have no counterpart there. */
  List<Rate> replacedBy(QuotaPolicy policy) {
    if (policy.size() >= size()) {
      return policy.rates();
    }
    List<Rate> merged = new ArrayList<>(policy.rates());
    merged.addAll(rates.subList(policy.size(), size()));
    return List.copyOf(merged);
  }
}
