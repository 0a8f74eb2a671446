package io.traffik.jmh.contender;

import io.traffik.jmh.baseline.ConcurrentHashMapBaseline;
import io.traffik.jmh.baseline.KeyedOpenAddressingBaseline;
import io.traffik.jmh.baseline.OpenAddressingBaseline;
import io.traffik.jmh.workload.BenchmarkLimit;
import io.traffik.jmh.workload.Limiter;
import java.util.List;

/** The in-memory contenders by their names in the benchmarks and in the report. */
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

  /** All names in the order of the report: Traffik, its peers, the baselines. */
  public static final List<String> ALL =
      List.of(
          TRAFFIK,
          BUCKET4J_CAFFEINE,
          BUCKET4J_MAP,
          BUCKET4J_PROXY,
          RESILIENCE4J,
          GUAVA,
          FAILSAFE,
          CONCURRENT_HASH_MAP,
          OPEN_ADDRESSING,
          KEYED_OPEN_ADDRESSING);

  private static final int MINIMUM_BOUND = 1_000_000;

  private Contenders() {}

  /**
   * Creates a contender that holds a number of clients. Bounded contenders hold at least 1,000,000
   * clients, and at least a quarter more than the number.
   */
  public static Limiter create(String name, BenchmarkLimit limit, int clients) {
    return create(name, limit, clients, Math.max(MINIMUM_BOUND, clients + clients / 4));
  }

  /**
   * Creates a contender.
   *
   * @param clients the number of clients it will hold; sizes the tables that cannot grow
   * @param bound the largest number of clients that a bounded contender may hold
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
      default -> throw new IllegalArgumentException("Unknown contender: " + name);
    };
  }
}
