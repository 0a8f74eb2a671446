package io.traffik.bucket;

import io.traffik.Rate;
import io.traffik.spi.QuotaPolicy;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/** Random versions of a policy, as they coexist during a rolling deployment. */
public final class Versions {

  private Versions() {}

  /** One to three versions with one to three rates each; often several versions of one rate. */
  public static Arbitrary<List<QuotaPolicy>> any() {
    return Arbitraries.oneOf(ofSingleRates(), ofRates(RateArbitraries.any(), 3), similar());
  }

  /** Versions of a single rate, with different limits and capacities. */
  public static Arbitrary<List<QuotaPolicy>> similar() {
    return ofRates(RateArbitraries.everyday(), 1);
  }

  /** Versions of a single rate from the whole range. */
  static Arbitrary<List<QuotaPolicy>> ofSingleRates() {
    return ofRates(RateArbitraries.any(), 1);
  }

  private static Arbitrary<List<QuotaPolicy>> ofRates(Arbitrary<Rate> rates, int most) {
    return rates
        .list()
        .ofMinSize(1)
        .ofMaxSize(most)
        .map(list -> QuotaPolicy.of("api", list))
        .list()
        .ofMinSize(1)
        .ofMaxSize(3);
  }

  /** The version that makes a step. */
  public static QuotaPolicy of(List<QuotaPolicy> versions, HistoryStep step) {
    return versions.get((int) (step.number() % 7 % versions.size()));
  }
}
