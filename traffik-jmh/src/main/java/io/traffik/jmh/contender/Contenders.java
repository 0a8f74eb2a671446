package io.traffik.jmh.contender;

import io.traffik.jmh.baseline.ConcurrentHashMapBaseline;
import io.traffik.jmh.baseline.KeyedOpenAddressingBaseline;
import io.traffik.jmh.baseline.OpenAddressingBaseline;
import io.traffik.jmh.workload.BenchmarkLimit;
import io.traffik.jmh.workload.Limiter;
import java.util.List;

/** All contenders by the names that the benchmarks and the report call them. */
public final class Contenders {

  public static final String TRAFFIK = "traffik";
  public static final String BUCKET4J_MAP = "bucket4jConcurrentHashMap";
  public static final String BUCKET4J_CAFFEINE = "bucket4jCaffeine";
  public static final String BUCKET4J_PROXY = "bucket4jCaffeineProxy";
  public static final String GUAVA = "guava";
  public static final String RESILIENCE4J = "resilience4j";
  public static final String FAILSAFE = "failsafe";
  public static final String CONCURRENT_HASH_MAP = "concurrentHashMapBaseline";
  public static final String OPEN_ADDRESSING = "openAddressingBaseline";
  public static final String KEYED_OPEN_ADDRESSING = "keyedOpenAddressingBaseline";

  /** In the order of the report. */
  public static final List<String> ALL =
      List.of(
          TRAFFIK,
          OPEN_ADDRESSING,
          KEYED_OPEN_ADDRESSING,
          CONCURRENT_HASH_MAP,
          BUCKET4J_MAP,
          BUCKET4J_CAFFEINE,
          BUCKET4J_PROXY,
          GUAVA,
          RESILIENCE4J,
          FAILSAFE);

  private static final int USUAL_BOUND = 1_000_000;

  private Contenders() {}

  /**
   * A contender that holds a number of clients, bounded well above it where it can be bounded: at
   * 1,000,000 clients, or where these are not enough, a quarter above the number.
   */
  public static Limiter create(String name, BenchmarkLimit limit, int clients) {
    return create(name, limit, clients, Math.max(USUAL_BOUND, clients + clients / 4));
  }

  /**
   * A contender.
   *
   * @param clients how many it will hold; for those whose size is fixed
   * @param bound how many it may hold at most; for those that can be bounded
   */
  public static Limiter create(String name, BenchmarkLimit limit, int clients, int bound) {
    return switch (name) {
      case TRAFFIK -> new TraffikLimiter(limit, bound);
      case BUCKET4J_MAP -> new Bucket4jMap(limit);
      case BUCKET4J_CAFFEINE -> new Bucket4jCaffeineCache(limit, bound);
      case BUCKET4J_PROXY -> new Bucket4jCaffeineProxy(limit, bound);
      case GUAVA -> new GuavaMap(limit);
      case RESILIENCE4J -> new Resilience4jRegistry(limit);
      case FAILSAFE -> new FailsafeMap(limit);
      case CONCURRENT_HASH_MAP -> new ConcurrentHashMapBaseline(limit);
      case OPEN_ADDRESSING -> new OpenAddressingBaseline(limit, clients);
      case KEYED_OPEN_ADDRESSING -> new KeyedOpenAddressingBaseline(limit, clients);
      default -> throw new IllegalArgumentException("no such contender: " + name);
    };
  }
}
