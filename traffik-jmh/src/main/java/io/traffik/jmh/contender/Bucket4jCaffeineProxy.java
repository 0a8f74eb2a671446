package io.traffik.jmh.contender;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.caffeine.Bucket4jCaffeine;
import io.github.bucket4j.caffeine.CaffeineProxyManager;
import io.github.bucket4j.distributed.BucketProxy;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.traffik.jmh.workload.BenchmarkLimit;
import io.traffik.jmh.workload.Limiter;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Bucket4j's own integration with Caffeine: each request creates a proxy to the state in the cache.
 * Buckets expire once they have refilled, as its documentation recommends.
 */
final class Bucket4jCaffeineProxy implements Limiter {

  private final CaffeineProxyManager<String> buckets;
  private final Supplier<BucketConfiguration> configuration;
  private final long capacity;

  Bucket4jCaffeineProxy(BenchmarkLimit limit, int bound) {
    BucketConfiguration one =
        BucketConfiguration.builder().addLimit(Bucket4jBandwidth.bandwidth(limit)).build();
    this.configuration = () -> one;
    this.capacity = limit.capacity();
    this.buckets =
        Bucket4jCaffeine.<String>builderFor(Caffeine.newBuilder().maximumSize(bound))
            .expirationAfterWrite(
                ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(
                    Duration.ofSeconds(10)))
            .build();
  }

  private BucketProxy bucket(String identity) {
    return buckets.getProxy(identity, configuration);
  }

  @Override
  public boolean hit(String identity) {
    return bucket(identity).tryConsume(1);
  }

  @Override
  public void consumeHalf(String identity) {
    bucket(identity).tryConsume((capacity + 1) / 2);
  }

  @Override
  public long size() {
    buckets.getCache().cleanUp();
    return buckets.getCache().estimatedSize();
  }
}
