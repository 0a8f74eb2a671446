package io.traffik.memory;

import io.traffik.Rate;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.Arrays;

/** Policies for tests that call a backend directly. */
public final class Policies {

  /** A period in which nothing refills during a test. */
  public static final Duration YEAR = Duration.ofDays(365);

  private Policies() {}

  public static QuotaPolicy of(String uid, Rate... rates) {
    return QuotaPolicy.of(uid, Arrays.asList(rates));
  }

  public static QuotaPolicy perYear(long limit) {
    return of("api", Rate.of(limit, YEAR));
  }
}
