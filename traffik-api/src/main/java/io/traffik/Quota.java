package io.traffik;

import java.time.Duration;
import java.util.Objects;

/**
 * What one rate of a throttle has left for a client. No part is null.
 *
 * @param name the throttle's uid; with several rates followed by a dash and the place of the rate,
 *     from 1
 * @param rate the rate
 * @param remaining whole tokens left, from 0 to the rate's capacity
 * @param resetAfter the time until the bucket is full, not negative
 */
public record Quota(String name, Rate rate, long remaining, Duration resetAfter) {

  /**
   * Takes the parts as they are, if none is null.
   *
   * @param name not null
   * @param rate not null
   * @param remaining whole tokens left
   * @param resetAfter not null
   */
  public Quota {
    Objects.requireNonNull(name, "name must not be null");
    Objects.requireNonNull(rate, "rate must not be null");
    Objects.requireNonNull(resetAfter, "resetAfter must not be null");
  }
}
