package io.traffik.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Rate;
import io.traffik.spi.QuotaPolicy;
import java.util.ArrayList;
import java.util.List;

/** The granted hits of a history, in order, and their upper bound. */
public final class Grants {

  private record Grant(long at, long cost) {}

  private final List<Grant> grants = new ArrayList<>();
  private final long capacity;
  private final Fraction speed;

  private Grants(long capacity, Fraction speed) {
    this.capacity = capacity;
    this.speed = speed;
  }

  /** The bound of one rate (rule B3). */
  static Grants of(Rate rate) {
    return new Grants(rate.capacity(), ExactBucket.requested(rate));
  }

  /** The bound of versions of one rate together: the largest capacity and the fastest refill. */
  public static Grants of(List<QuotaPolicy> versions) {
    long capacity = 0;
    Fraction speed = Fraction.ZERO;
    for (QuotaPolicy version : versions) {
      capacity = Math.max(capacity, version.capacity());
      speed = speed.max(ExactBucket.requested(version.rate(0)));
    }
    return new Grants(capacity, speed);
  }

  /** Adds a hit, and checks every window that ends with it, from the shortest to the longest. */
  public void add(long at, long cost) {
    grants.add(new Grant(at, cost));
    Fraction granted = Fraction.ZERO;
    for (int from = grants.size() - 1; from >= 0; from--) {
      granted = granted.plus(Fraction.of(grants.get(from).cost()));
      long span = at - grants.get(from).at();
      Fraction bound = Fraction.of(capacity).plus(speed.times(Fraction.of(span)));
      assertThat(granted).as("in %s ns", span).isLessThanOrEqualTo(bound);
    }
  }
}
