package io.traffik.jmh.contender;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.traffik.jmh.workload.BenchmarkLimit;
import io.traffik.jmh.workload.Limiter;
import java.time.Duration;
import java.util.function.Function;

/**
 * Bucket4j's local buckets in a Caffeine cache, bounded and expiring, as the guide of its Spring
 * Boot starter configures them ({@code maximumSize=1000000,expireAfterAccess=3600s}). It is the
 * closest peer of Traffik's store.
 */
final class Bucket4jCaffeineCache implements Limiter {

  private final Cache<String, Bucket> buckets;
  private final Bandwidth bandwidth;
  private final Function<String, Bucket> full;

  Bucket4jCaffeineCache(BenchmarkLimit limit, int bound) {
    this.buckets =
        Caffeine.newBuilder().maximumSize(bound).expireAfterAccess(Duration.ofHours(1)).build();
    this.bandwidth = Bucket4jBandwidth.bandwidth(limit);
    this.full = absent -> Bucket4jBandwidth.bucket(bandwidth);
  }

  private Bucket bucket(String identity) {
    return buckets.get(identity, full);
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
    buckets.cleanUp();
    return buckets.estimatedSize();
  }
}
