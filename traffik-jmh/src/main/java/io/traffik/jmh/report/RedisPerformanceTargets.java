package io.traffik.jmh.report;

import io.traffik.jmh.contender.RedisContenders;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The targets over Redis: little more than a round trip, also while other threads hit the key. */
final class RedisPerformanceTargets {

  static final int HOT = 1;
  static final int MANY = 10_000;
  static final List<Integer> THREADS = List.of(1, 8);

  /** By contender, the round trip of its client library. */
  static final Map<String, String> PINGS =
      Map.of(
          RedisContenders.TRAFFIK_LETTUCE, RedisContenders.PING_LETTUCE,
          RedisContenders.TRAFFIK_JEDIS, RedisContenders.PING_JEDIS);

  /** By contender, the cheapest script that its client library could run for a decision. */
  private static final Map<String, String> SCRIPTS =
      Map.of(
          RedisContenders.TRAFFIK_LETTUCE, RedisContenders.SCRIPT_LETTUCE,
          RedisContenders.TRAFFIK_JEDIS, RedisContenders.SCRIPT_JEDIS);

  private static final double BASELINE_SHARE = 0.85;
  private static final double RAW_SHARE = 0.9;
  private static final double TIMES_BUCKET4J = 8;

  private RedisPerformanceTargets() {}

  static List<PerformanceTarget> of(BenchmarkResults results) {
    List<PerformanceTarget> targets = new ArrayList<>();
    for (String contender :
        List.of(RedisContenders.TRAFFIK_LETTUCE, RedisContenders.TRAFFIK_JEDIS)) {
      for (int threads : THREADS) {
        // A ping has no key, so it is measured for the hot key only.
        targets.add(share(results, contender, PINGS, threads, ""));
        targets.add(share(results, contender, SCRIPTS, threads, " (not demanded)"));
      }
    }
    targets.add(
        PerformanceTarget.atLeast(
            "Redis, one hot key, 8 threads: at least 8 times `bucket4jLettuce`",
            results.ratio(
                BenchmarkCase.redis(RedisContenders.BUCKET4J_LETTUCE, 8, HOT),
                BenchmarkCase.redis(RedisContenders.TRAFFIK_LETTUCE, 8, HOT)),
            TIMES_BUCKET4J,
            " ×"));
    targets.add(
        PerformanceTarget.atLeast(
            "Redis, 256 in flight: at least "
                + RAW_SHARE
                + " of the same `EVALSHA` sent by Lettuce alone",
            results.ratio(
                BenchmarkCase.pipeline(RedisSection.RAW),
                BenchmarkCase.pipeline(RedisSection.DECISION)),
            RAW_SHARE,
            " ×"));
    return targets;
  }

  private static PerformanceTarget share(
      BenchmarkResults results,
      String contender,
      Map<String, String> baselines,
      int threads,
      String remark) {
    String baseline = baselines.getOrDefault(contender, contender);
    return PerformanceTarget.atLeast(
        String.format(
            "Redis, %s: `%s` at least %s of `%s`%s",
            threads == 1 ? "1 thread" : threads + " threads",
            contender,
            BASELINE_SHARE,
            baseline,
            remark),
        results.ratio(
            BenchmarkCase.redis(baseline, threads, HOT),
            BenchmarkCase.redis(contender, threads, HOT)),
        BASELINE_SHARE,
        " ×");
  }
}
