package io.traffik.jmh.contender;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.traffik.jmh.workload.BenchmarkLimit;

/** Conversion of a {@link BenchmarkLimit} to Bucket4j's types. */
final class Bucket4jBandwidth {

  private Bucket4jBandwidth() {}

  static Bandwidth bandwidth(BenchmarkLimit limit) {
    return Bandwidth.builder().capacity(limit.capacity()).refillGreedy(1, limit.perToken()).build();
  }

  static Bucket bucket(Bandwidth bandwidth) {
    return Bucket.builder().addLimit(bandwidth).build();
  }
}
