package io.traffik.jmh.contender;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.traffik.jmh.workload.BenchmarkLimit;
import io.traffik.jmh.workload.Limiter;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Bucket4j as in most tutorials: {@code computeIfAbsent} on a map that only grows. */
final class Bucket4jMap implements Limiter {

  private final ConcurrentHashMap<String, Bucket> buckets = new ConcurrentHashMap<>();
  private final Bandwidth bandwidth;
  // A field, because a capturing lambda in the call would allocate 16 B per hit.
  private final Function<String, Bucket> full;

  Bucket4jMap(BenchmarkLimit limit) {
    this.bandwidth = Bucket4jBandwidth.bandwidth(limit);
    this.full = absent -> Bucket4jBandwidth.bucket(bandwidth);
  }

  private Bucket bucket(String identity) {
    return buckets.computeIfAbsent(identity, full);
  }

  @Override
  public boolean hit(String identity) {
    return bucket(identity).tryConsume(1);
  }

  @Override
  public void consumeHalf(String identity) {
    bucket(identity).tryConsume((bandwidth.getCapacity() + 1) / 2);
  }

  @Override
  public long size() {
    return buckets.mappingCount();
  }
}
