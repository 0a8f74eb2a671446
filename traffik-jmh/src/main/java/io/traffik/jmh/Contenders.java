package io.traffik.jmh;

import java.util.List;

/** All contenders by the names that the benchmarks and the report call them. */
final class Contenders {

  static final String TRAFFIK = "traffik";
  static final String BUCKET4J_MAP = "bucket4jConcurrentHashMap";
  static final String BUCKET4J_CAFFEINE = "bucket4jCaffeine";
  static final String BUCKET4J_PROXY = "bucket4jCaffeineProxy";
  static final String GUAVA = "guava";
  static final String RESILIENCE4J = "resilience4j";
  static final String FAILSAFE = "failsafe";
  static final String MAP_REFERENCE = "concurrentHashMapReference";
  static final String KERNEL = "kernelReference";
  static final String KEYED_KERNEL = "keyedKernelReference";

  /** In the order of the report. */
  static final List<String> ALL =
      List.of(
          TRAFFIK,
          KERNEL,
          KEYED_KERNEL,
          MAP_REFERENCE,
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
  static Limiter make(String name, Limit limit, int clients) {
    return make(name, limit, clients, Math.max(USUAL_BOUND, clients + clients / 4));
  }

  /**
   * A contender.
   *
   * @param clients how many it will hold; for those whose size is fixed
   * @param bound how many it may hold at most; for those that can be bounded
   */
  static Limiter make(String name, Limit limit, int clients, int bound) {
    return switch (name) {
      case TRAFFIK -> new TraffikLimiter(limit, bound);
      case BUCKET4J_MAP -> new Bucket4jMap(limit);
      case BUCKET4J_CAFFEINE -> new Bucket4jCaffeineCache(limit, bound);
      case BUCKET4J_PROXY -> new Bucket4jCaffeineProxy(limit, bound);
      case GUAVA -> new GuavaMap(limit);
      case RESILIENCE4J -> new Resilience4jRegistry(limit);
      case FAILSAFE -> new FailsafeMap(limit);
      case MAP_REFERENCE -> new MapReference(limit);
      case KERNEL -> new KernelReference(limit, clients);
      case KEYED_KERNEL -> new KeyedKernelReference(limit, clients);
      default -> throw new IllegalArgumentException("no such contender: " + name);
    };
  }
}
