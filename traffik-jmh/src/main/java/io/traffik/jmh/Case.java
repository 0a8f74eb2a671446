package io.traffik.jmh;

import java.util.Map;

/**
 * One thing that was measured: a benchmark method with its parameters, at a number of threads.
 *
 * @param suite the simple name of the benchmark's class
 */
record Case(String suite, String method, int threads, Map<String, String> params) {

  /** The number of threads at which the suites of many keys are read. */
  static final int USUAL_THREADS = 2;

  static final String FLOOD_BOUND = "100000";

  static Case hot(String contender, int threads, String answer) {
    return new Case(
        HotKeyBenchmark.class.getSimpleName(),
        "hit",
        threads,
        Map.of("limiter", contender, "answer", answer));
  }

  static Case keyed(String contender, int keys, String answer) {
    return new Case(
        KeyedBenchmark.class.getSimpleName(),
        "hit",
        USUAL_THREADS,
        Map.of("limiter", contender, "answer", answer, "keys", String.valueOf(keys)));
  }

  static Case flood(String contender, String clients) {
    return new Case(
        FloodBenchmark.class.getSimpleName(),
        "hit",
        USUAL_THREADS,
        Map.of("limiter", contender, "clients", clients, "bound", FLOOD_BOUND));
  }

  static Case throttle(String method, String answer, int backendClasses) {
    return new Case(
        ThrottleBenchmark.class.getSimpleName(),
        method,
        1,
        Map.of("answer", answer, "backendClasses", String.valueOf(backendClasses)));
  }

  static Case redis(String contender, int threads, int keys) {
    return new Case(
        RedisDecisionBenchmark.class.getSimpleName(),
        "hit",
        threads,
        Map.of("limiter", contender, "keys", String.valueOf(keys)));
  }

  static Case pipeline(String method) {
    return new Case(RedisPipelineBenchmark.class.getSimpleName(), method, 1, Map.of());
  }
}
