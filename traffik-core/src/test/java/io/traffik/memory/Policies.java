package io.traffik.memory;

import io.traffik.Rate;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.Arrays;

/** Policies for tests that talk to the backend itself. */
public final class Policies {

  /** Nothing refills at this rate while a test runs, whatever its clock does. */
  public static final Duration YEAR = Duration.ofDays(365);

  private Policies() {}

  public static QuotaPolicy of(String uid, Rate... rates) {
    return QuotaPolicy.of(uid, Arrays.asList(rates));
  }

  public static QuotaPolicy perYear(long limit) {
    return of("api", Rate.of(limit, YEAR));
  }
}
