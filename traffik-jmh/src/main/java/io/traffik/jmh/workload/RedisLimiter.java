package io.traffik.jmh.workload;

/** A rate limiter with its buckets in Redis, or a baseline for the same client library. */
public interface RedisLimiter extends AutoCloseable {

  /**
   * Takes one token of a client if there is one.
   *
   * @return whether the token was taken
   */
  boolean hit(String identity);

  @Override
  void close();
}
