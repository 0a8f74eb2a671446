package io.traffik.jmh.workload;

/** A contender that keeps its buckets in Redis, or the floor beside it. */
public interface RedisLimiter extends AutoCloseable {

  /** Takes a token of the client's if one is there; says whether it was. */
  boolean hit(String identity);

  @Override
  void close();
}
