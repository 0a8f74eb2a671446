package io.traffik.jmh;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;

/** A {@link Limit} in Bucket4j's terms. */
final class Bucket4jLimits {

  private Bucket4jLimits() {}

  static Bandwidth bandwidth(Limit limit) {
    return Bandwidth.builder().capacity(limit.capacity()).refillGreedy(1, limit.perToken()).build();
  }

  static Bucket bucket(Bandwidth bandwidth) {
    return Bucket.builder().addLimit(bandwidth).build();
  }
}
