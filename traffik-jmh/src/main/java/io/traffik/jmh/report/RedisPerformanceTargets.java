package io.traffik.jmh.report;

import io.traffik.jmh.contender.RedisContenders;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The targets over Redis: shares of the throughput of a bare round trip, and of the peers. */
final class RedisPerformanceTargets {

  static final int HOT = 1;
  static final int MANY = 10_000;
  static final List<Integer> THREADS = List.of(1, 8);

  private static final double BASELINE_SHARE = 0.85;
  private static final double RAW_SHARE = 0.9;
  private static final int BUCKET4J_FACTOR = 8;

  private RedisPerformanceTargets() {}

  static List<PerformanceTarget> of(BenchmarkResults results) {
    List<PerformanceTarget> targets = new ArrayList<>();
    for (String contender : RedisContenders.TRAFFIK) {
      for (int threads : THREADS) {
        // A ping has no key, so it is measured for the hot key only.
        targets.add(share(results, contender, RedisSection.ping(contender), threads, ""));
        targets.add(share(results, contender, script(contender), threads, " (informational)"));
      }
    }
    targets.add(
        PerformanceTarget.atLeast(
            "Redis, one hot key, 8 threads: at least "
                + BUCKET4J_FACTOR
                + " times `bucket4jLettuce`",
            results.ratio(
                BenchmarkCase.redis(RedisContenders.BUCKET4J_LETTUCE, 8, HOT),
                BenchmarkCase.redis(RedisContenders.TRAFFIK_LETTUCE, 8, HOT)),
            BUCKET4J_FACTOR,
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

  /** Returns the cheapest script that the client library could run for a decision. */
  private static Optional<String> script(String contender) {
    return switch (contender) {
      case RedisContenders.TRAFFIK_LETTUCE -> Optional.of(RedisContenders.SCRIPT_LETTUCE);
      case RedisContenders.TRAFFIK_JEDIS -> Optional.of(RedisContenders.SCRIPT_JEDIS);
      default -> Optional.empty();
    };
  }

  private static PerformanceTarget share(
      BenchmarkResults results,
      String contender,
      Optional<String> baseline,
      int threads,
      String remark) {
    BenchmarkCase compared = BenchmarkCase.redis(baseline.orElseThrow(), threads, HOT);
    return PerformanceTarget.atLeast(
        String.format(
            "Redis, %s: `%s` at least %s of `%s`%s",
            BenchmarkCase.threadCount(threads),
            contender,
            BASELINE_SHARE,
            baseline.orElseThrow(),
            remark),
        results.ratio(compared, BenchmarkCase.redis(contender, threads, HOT)),
        BASELINE_SHARE,
        " ×");
  }
}
