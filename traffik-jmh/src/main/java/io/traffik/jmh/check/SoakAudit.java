package io.traffik.jmh.check;

import io.traffik.Rate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The account of one client that hits more often than its rates allow. Every audit checks each rate
 * since each earlier audit: the tokens granted against the capacity and the refill (rule B3).
 *
 * <p>An audit must be made while no hit is in progress.
 */
final class SoakAudit {

  /**
   * The time for which a busy machine may leave a client without a hit; not a loss of the store.
   */
  private static final long LONGEST_GAP_NANOS = 500_000_000;

  private final List<Rate> rates;

  /** By rate, the lowest value of grants · interval − instant: the start of the strictest span. */
  private final long[] lowestBalance;

  /** By rate, the same value at the last audit. */
  private final long[] previousBalance;

  private long granted;

  SoakAudit(List<Rate> rates, long startNanos) {
    this.rates = rates;
    this.lowestBalance = new long[rates.size()];
    Arrays.fill(lowestBalance, -startNanos);
    this.previousBalance = lowestBalance.clone();
  }

  /**
   * Audits the client.
   *
   * @param grants tokens granted since the last audit
   * @param now the present by the clock of the store
   * @return descriptions of all faults; empty if there are none
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
        faults.add("granted " + over + " ns of refill too much by " + rate);
      }
      loss = Math.min(loss, previousBalance[i] - balance);
      lowestBalance[i] = Math.min(lowestBalance[i], balance);
      previousBalance[i] = balance;
    }
    // A saturated client receives all tokens that refill, except those since its last hit and the
    // fraction of the next one.
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
