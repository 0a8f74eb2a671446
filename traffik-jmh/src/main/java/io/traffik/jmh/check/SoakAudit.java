package io.traffik.jmh.check;

import io.traffik.Rate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The account of one client who is always hungry: at every audit, what was granted since each
 * earlier one is held against the capacity and what refilled in between (rule B3), for each rate.
 *
 * <p>An audit must be made while nobody hits, or hits would be told apart from their instants.
 */
final class SoakAudit {

  /** For as long a busy machine may leave a client unserved, which then is no loss of the store. */
  private static final long LONGEST_GAP_NANOS = 500_000_000;

  private final List<Rate> rates;

  /** By rate, the least of grants · interval − instant so far: where the fullest span begins. */
  private final long[] lowestBalance;

  /** By rate, the same at the last audit. */
  private final long[] previousBalance;

  private long granted;

  SoakAudit(List<Rate> rates, long startNanos) {
    this.rates = rates;
    this.lowestBalance = new long[rates.size()];
    Arrays.fill(lowestBalance, -startNanos);
    this.previousBalance = lowestBalance.clone();
  }

  /**
   * Audits.
   *
   * @param grants since the last audit
   * @param now the present on the clock of the store
   * @return what is wrong, empty if nothing is
   */
  List<String> audit(long grants, long now) {
    granted += grants;
    List<String> faults = new ArrayList<>();
    long loss = Long.MAX_VALUE;
    for (int i = 0; i < rates.size(); i++) {
      Rate rate = rates.get(i);
      long balance = granted * rate.nanosPerToken() - now;
      long over = balance - lowestBalance[i] - rate.fillNanos();
      if (over > 0) {
        faults.add("granted " + over + " ns too much of " + rate);
      }
      loss = Math.min(loss, previousBalance[i] - balance);
      lowestBalance[i] = Math.min(lowestBalance[i], balance);
      previousBalance[i] = balance;
    }
    // A client that is always hungry gets all that refills, but for what refilled since its last
    // hit
    // and the token that is not whole yet.
    if (loss > tolerance()) {
      faults.add("lost " + loss + " ns of " + rates);
    }
    return faults;
  }

  private long tolerance() {
    return 2 * rates.stream().mapToLong(Rate::nanosPerToken).max().orElse(0) + LONGEST_GAP_NANOS;
  }

  long granted() {
    return granted;
  }
}
