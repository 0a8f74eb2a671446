package io.traffik.spi;

import io.traffik.Backend;
import io.traffik.ConfigurationException;
import io.traffik.Rate;
import java.util.List;
import java.util.Objects;

/**
 * What a throttle asks a {@link Backend} to hold a client to: a name and one or several rates that
 * are decided together.
 *
 * <p>A throttle makes its policy once and passes the same object with every hit, so a backend may
 * keep what it derives from a policy in a map by identity. Immutable and safe for any number of
 * threads.
 */
public final class QuotaPolicy {

  private static final int MAX_RATES = 16;

  private final String uid;
  private final Rate[] rates;
  private final long capacity;

  private QuotaPolicy(String uid, Rate[] rates) {
    this.uid = uid;
    this.rates = rates;
    long smallest = Long.MAX_VALUE;
    for (Rate rate : rates) {
      smallest = Math.min(smallest, rate.capacity());
    }
    this.capacity = smallest;
  }

  /**
   * A policy by its name and rates.
   *
   * @param uid the name; part of every key, so not blank
   * @param rates 1 to 16 rates; {@link Rate#UNLIMITED} only by itself. The place of a rate is part
   *     of its buckets' keys
   * @return the policy
   * @throws ConfigurationException if the name is blank, or the rates are none, too many, or some
   *     of several are unlimited
   */
  public static QuotaPolicy of(String uid, List<Rate> rates) {
    if (Objects.requireNonNull(uid, "uid must not be null").isBlank()) {
      throw new ConfigurationException("uid must not be blank: \"" + uid + "\"");
    }
    for (Rate rate : Objects.requireNonNull(rates, "rates must not be null")) {
      Objects.requireNonNull(rate, "rate must not be null");
    }
    if (rates.isEmpty()) {
      throw new ConfigurationException(
          "throttle \""
              + uid
              + "\" must have at least one rate: add .rate(\"100/min\"), say, or"
              + " .rate(Rate.UNLIMITED)");
    }
    if (rates.size() > MAX_RATES) {
      throw new ConfigurationException(
          "throttle \"" + uid + "\" must have at most " + MAX_RATES + " rates: " + rates.size());
    }
    if (rates.size() > 1 && rates.contains(Rate.UNLIMITED)) {
      throw new ConfigurationException(
          "throttle \""
              + uid
              + "\" must not mix an unlimited rate with others: "
              + rates
              + "; leave out the unlimited one, or all others");
    }
    return new QuotaPolicy(uid, rates.toArray(new Rate[0]));
  }

  /**
   * The name of the throttle, which is part of every key.
   *
   * @return the name, not blank
   */
  public String uid() {
    return uid;
  }

  /**
   * The number of rates.
   *
   * @return 1 to 16
   */
  public int size() {
    return rates.length;
  }

  /**
   * A rate by its place.
   *
   * @param index from 0 to {@link #size()} − 1
   * @return the rate
   * @throws IndexOutOfBoundsException if there is none at that place
   */
  public Rate rate(int index) {
    return rates[index];
  }

  /**
   * The name under which a rate is told to clients.
   *
   * @param index from 0 to {@link #size()} − 1
   * @return the uid; of several rates followed by a dash and the place, from 1
   */
  public String nameOf(int index) {
    return rates.length == 1 ? uid : uid + "-" + (index + 1);
  }

  /**
   * All rates in the order in which they were given.
   *
   * @return the rates, unmodifiable
   */
  public List<Rate> rates() {
    return List.of(rates);
  }

  /**
   * The largest cost that can ever be granted: the smallest capacity.
   *
   * @return at least 1
   */
  public long capacity() {
    return capacity;
  }

  /**
   * Whether the only rate is {@link Rate#UNLIMITED}; such a policy never reaches a backend.
   *
   * @return true if there is no limit
   */
  public boolean isUnlimited() {
    return rates[0].isUnlimited();
  }

  @Override
  public String toString() {
    return uid + rates();
  }
}
