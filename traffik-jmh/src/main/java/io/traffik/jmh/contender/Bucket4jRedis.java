package io.traffik.jmh.contender;

import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.distributed.proxy.ProxyManager;
import io.github.bucket4j.distributed.serialization.Mapper;
import io.github.bucket4j.redis.jedis.Bucket4jJedis;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.lettuce.core.RedisClient;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.traffik.jmh.baseline.PingJedis;
import io.traffik.jmh.workload.BenchmarkLimit;
import io.traffik.jmh.workload.RedisLimiter;
import java.net.URI;
import java.time.Duration;
import java.util.function.Supplier;
import redis.clients.jedis.UnifiedJedis;

/**
 * Bucket4j's own integrations with Redis: each request creates a proxy, which updates the bucket by
 * compare-and-swap. Buckets expire once they have refilled, as its documentation recommends.
 */
final class Bucket4jRedis implements RedisLimiter {

  private static final ExpirationAfterWriteStrategy WHEN_FULL =
      ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(Duration.ofSeconds(10));

  private final ProxyManager<String> buckets;
  private final Supplier<BucketConfiguration> configuration;
  private final Runnable closing;

  private Bucket4jRedis(ProxyManager<String> buckets, BenchmarkLimit limit, Runnable closing) {
    BucketConfiguration one =
        BucketConfiguration.builder().addLimit(Bucket4jBandwidth.bandwidth(limit)).build();
    this.buckets = buckets;
    this.configuration = () -> one;
    this.closing = closing;
  }

  static Bucket4jRedis lettuce(URI server, BenchmarkLimit limit) {
    RedisClient client = RedisClient.create(server.toString());
    var connection = client.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE));
    return new Bucket4jRedis(
        Bucket4jLettuce.casBasedBuilder(connection).expirationAfterWrite(WHEN_FULL).build(),
        limit,
        client::shutdown);
  }

  static Bucket4jRedis jedis(URI server, BenchmarkLimit limit) {
    UnifiedJedis client = PingJedis.pooled(server);
    return new Bucket4jRedis(
        Bucket4jJedis.casBasedBuilder(client)
            .expirationAfterWrite(WHEN_FULL)
            .keyMapper(Mapper.STRING)
            .build(),
        limit,
        client::close);
  }

  @Override
  public boolean hit(String identity) {
    return buckets.getProxy(identity, configuration).tryConsume(1);
  }

  @Override
  public void close() {
    closing.run();
  }
}
