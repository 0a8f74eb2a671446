package io.traffik.spi;

import io.traffik.Backend;
import io.traffik.ConfigurationException;
import io.traffik.Rate;
import io.traffik.Rates;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The name and rates of a throttle, as a {@link Backend} receives them. The rates are decided
 * together.
 *
 * <p>A throttle with fixed rates passes the same object with every hit. If its rates change, or
 * depend on the client, it passes a bounded number of different ones. A backend may therefore cache
 * derived values in a bounded map: policies with equal names and rates are equal, and their hash
 * code is computed once. Immutable and safe for any number of threads.
 */
public final class QuotaPolicy {

  /**
   * Servers limit the fields of a response to about 8 KiB, and the name appears in them twice for
   * each rate.
   */
  private static final int MAX_FIELD_LENGTH = 160;

  private final String uid;
  private final Rate[] rates;
  private final List<Rate> rateList;

  // Copied from the array: of many policies, a hit then reads one object less.
  private final int size;
  private final Rate first;

  private final long capacity;
  private final int hashCode;

  private QuotaPolicy(String uid, Rate[] rates) {
    this.uid = uid;
    this.rates = rates;
    this.rateList = List.of(rates);
    this.size = rates.length;
    this.first = rates[0];
    this.hashCode = 31 * uid.hashCode() + rateList.hashCode();
    long smallest = Long.MAX_VALUE;
    for (Rate rate : rates) {
      smallest = Math.min(smallest, rate.capacity());
    }
    this.capacity = smallest;
  }

  /**
   * A policy with a name and rates.
   *
   * @param uid the name, which is part of every key; not blank. It takes at most 160 characters in
   *     a header field, where special characters take up to 9
   * @param rates 1 to 16 rates, none of them null; {@link Rate#UNLIMITED} only as the single one.
   *     The position of a rate is part of its buckets' keys
   * @return the policy
   * @throws ConfigurationException if the name is blank or too long, or the rates break these rules
   */
  public static QuotaPolicy of(String uid, List<Rate> rates) {
    if (Objects.requireNonNull(uid, "uid must not be null").isBlank()) {
      throw new ConfigurationException("uid must not be blank: \"" + uid + "\"");
    }
    int fieldLength = fieldLength(uid);
    if (fieldLength > MAX_FIELD_LENGTH) {
      throw new ConfigurationException(
          "uid must take at most "
              + MAX_FIELD_LENGTH
              + " characters in a header field (special characters take up to 9): "
              + fieldLength
              + " for \""
              + uid.substring(0, Math.min(uid.length(), MAX_FIELD_LENGTH))
              + "\"; shorten it");
    }
    try {
      return new QuotaPolicy(uid, Rates.of(rates).list().toArray(new Rate[0]));
    } catch (ConfigurationException e) {
      throw new ConfigurationException("Throttle \"" + uid + "\": " + e.getMessage(), e);
    }
  }

  /** In a field, quotes and backslashes are escaped, and other special bytes percent-encoded. */
  private static int fieldLength(String uid) {
    int length = 0;
    for (byte b : uid.getBytes(StandardCharsets.UTF_8)) {
      boolean encoded = b < ' ' || b > '~' || b == '%';
      boolean escaped = b == '"' || b == '\\';
      length += encoded ? 3 : escaped ? 2 : 1;
    }
    return length;
  }

  /**
   * The name of the throttle. It is part of every key.
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
    return size;
  }

  /**
   * Returns a rate.
   *
   * @param index the position, from 0 to {@link #size()} − 1
   * @return the rate
   * @throws IndexOutOfBoundsException if the index is out of range
   */
  public Rate rate(int index) {
    return index == 0 ? first : rates[index];
  }

  /**
   * Returns the name of a rate in header fields and problem documents.
   *
   * @param index the position, from 0 to {@link #size()} − 1
   * @return the uid; with several rates, followed by a dash and the position from 1
   */
  public String nameOf(int index) {
    return size == 1 ? uid : uid + "-" + (index + 1);
  }

  /**
   * All rates, in order of position.
   *
   * @return the rates, unmodifiable; the same list each time
   */
  public List<Rate> rates() {
    return rateList;
  }

  /**
   * The smallest capacity of the rates, which is the largest cost that can ever be granted.
   *
   * @return at least 1
   */
  public long capacity() {
    return capacity;
  }

  /**
   * Whether the only rate is {@link Rate#UNLIMITED}. A throttle never passes such a policy to a
   * backend.
   *
   * @return true if there is no limit
   */
  public boolean isUnlimited() {
    return first.isUnlimited();
  }

  /**
   * Checks that this policy has one rate, as {@link Backend#decideSingle} requires.
   *
   * @throws IllegalArgumentException if it has several
   */
  public void requireSingleRate() {
    if (size != 1) {
      throw new IllegalArgumentException(
          "policy must have exactly one rate: " + this + ". Call decide or decideInto.");
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof QuotaPolicy that
            && hashCode == that.hashCode
            && uid.equals(that.uid)
            && rateList.equals(that.rateList));
  }

  @Override
  public int hashCode() {
    return hashCode;
  }

  @Override
  public String toString() {
    return uid + rates();
  }
}
