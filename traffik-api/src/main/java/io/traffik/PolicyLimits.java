package io.traffik;

import io.traffik.spi.Margin;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;

/**
 * What the settings of a throttle demand of its rates.
 *
 * @param uid the throttle's name
 * @param fixedCost the cost of every hit; negative if a function determines it
 * @param maxWait the longest patience
 */
record PolicyLimits(String uid, long fixedCost, Duration maxWait) {

  /**
   * Checks the throttle's own rates.
   *
   * @throws ConfigurationException if every hit would be denied, or the patience is too long
   */
  void requireOwn(QuotaPolicy policy) {
    if (fixedCost > policy.capacity()) {
      throw new ConfigurationException(
          "cost "
              + fixedCost
              + " of throttle \""
              + uid
              + "\" exceeds its smallest capacity, "
              + policy.capacity()
              + ": every hit would be denied");
    }
    requireChosen(policy);
  }

  /**
   * Checks rates that a function chose. Every hit of these clients may be denied.
   *
   * @throws ConfigurationException if the patience is too long
   */
  void requireChosen(QuotaPolicy policy) {
    for (Rate rate : policy.rates()) {
      Duration longest = Duration.ofNanos(Margin.MAX_NANOS - rate.fillNanos());
      if (maxWait.compareTo(longest) > 0) {
        throw new ConfigurationException(
            "maxWait of throttle \""
                + uid
                + "\" must be at most "
                + longest
                + ", so that it and the time to fill a bucket of "
                + rate
                + " stay within 140 years: "
                + maxWait);
      }
    }
  }
}
