package io.traffik;

import io.traffik.spi.QuotaPolicy;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One or several rates that are decided together, such as those of a plan or a tenant.
 *
 * <pre>{@code
 * Rates premium = Rates.of("100/s", "100000/day");
 * }</pre>
 *
 * <p>Equal rates in the same order are equal, and the hash code is computed once. So a function
 * that chooses rates for each hit may create them for each hit, although it need not. Immutable and
 * safe for any number of threads.
 */
public final class Rates {

  /** No limit. */
  public static final Rates UNLIMITED = new Rates(List.of(Rate.UNLIMITED));

  private static final int MAX_RATES = 16;

  private final List<Rate> list;
  private final int hashCode;

  /**
   * The policy of the first throttle that chose these rates. It saves most hits a search. Races are
   * harmless: each throttle recognises its own policies.
   */
  @Nullable QuotaPolicy policy;

  private Rates(List<Rate> list) {
    this.list = list;
    this.hashCode = list.hashCode();
  }

  /**
   * Rates in text form.
   *
   * @param texts texts for {@link Rate#parse}, such as {@code 100/min}; at least one, none null
   * @return the rates in this order
   * @throws ConfigurationException if a text is not a rate, or the rates are not valid together
   */
  public static Rates of(String... texts) {
    return of(Stream.of(texts).map(Rates::parse).toList());
  }

  private static Rate parse(@Nullable String text) {
    return Rate.parse(Objects.requireNonNull(text, "rate must not be null"));
  }

  /**
   * Several rates.
   *
   * @param rates 1 to 16 rates, none null; {@link Rate#UNLIMITED} only as the single one
   * @return the rates in this order
   * @throws ConfigurationException if the rates are not valid together
   */
  public static Rates of(List<Rate> rates) {
    for (Rate rate : Objects.requireNonNull(rates, "rates must not be null")) {
      Objects.requireNonNull(rate, "rate must not be null");
    }
    if (rates.isEmpty()) {
      throw new ConfigurationException(
          "There must be at least one rate; add, for example, 100/min, or Rate.UNLIMITED");
    }
    if (rates.size() > MAX_RATES) {
      throw new ConfigurationException(
          "There must be at most " + MAX_RATES + " rates: " + rates.size());
    }
    if (rates.size() > 1 && rates.contains(Rate.UNLIMITED)) {
      throw new ConfigurationException(
          "An unlimited rate must not be mixed with others: "
              + rates
              + "; remove the unlimited one, or all others");
    }
    return new Rates(List.copyOf(rates));
  }

  /**
   * The rates.
   *
   * @return 1 to 16 rates; unmodifiable
   */
  public List<Rate> list() {
    return list;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof Rates that && hashCode == that.hashCode && list.equals(that.list));
  }

  @Override
  public int hashCode() {
    return hashCode;
  }

  @Override
  public String toString() {
    return list.toString();
  }
}
