package io.traffik.jmh;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What is to be reached over Redis: hardly more than a round trip, whoever else hits the key. */
final class RedisTargets {

  static final int HOT = 1;
  static final int MANY = 10_000;
  static final List<Integer> THREADS = List.of(1, 8);

  /** By contender, the floor of its client. */
  static final Map<String, String> FLOORS =
      Map.of(
          RedisContenders.TRAFFIK_LETTUCE, RedisContenders.PING_LETTUCE,
          RedisContenders.TRAFFIK_JEDIS, RedisContenders.PING_JEDIS);

  /** By contender, the least that its client's servers have to do for a decision. */
  private static final Map<String, String> SCRIPTS =
      Map.of(
          RedisContenders.TRAFFIK_LETTUCE, RedisContenders.SCRIPT_LETTUCE,
          RedisContenders.TRAFFIK_JEDIS, RedisContenders.SCRIPT_JEDIS);

  private static final double OF_FLOOR = 0.85;
  private static final double OF_RAW = 0.9;
  private static final double TIMES_BUCKET4J = 8;

  private RedisTargets() {}

  static List<Target> of(Figures figures) {
    List<Target> targets = new ArrayList<>();
    for (String contender :
        List.of(RedisContenders.TRAFFIK_LETTUCE, RedisContenders.TRAFFIK_JEDIS)) {
      for (int threads : THREADS) {
        // A ping has no key, so it is measured once.
        targets.add(share(figures, contender, FLOORS, threads, ""));
        targets.add(share(figures, contender, SCRIPTS, threads, " (not demanded)"));
      }
    }
    targets.add(
        Target.atLeast(
            "Redis, one hot key, 8 threads: at least 8 times `bucket4jLettuce`",
            figures.ratio(
                Case.redis(RedisContenders.BUCKET4J_LETTUCE, 8, HOT),
                Case.redis(RedisContenders.TRAFFIK_LETTUCE, 8, HOT)),
            TIMES_BUCKET4J,
            " ×"));
    targets.add(
        Target.atLeast(
            "Redis, 256 in flight: at least " + OF_RAW + " of the same `EVALSHA` sent bare",
            figures.ratio(Case.pipeline(RedisSection.RAW), Case.pipeline(RedisSection.DECISION)),
            OF_RAW,
            " ×"));
    return targets;
  }

  private static Target share(
      Figures figures, String contender, Map<String, String> floors, int threads, String remark) {
    String floor = floors.getOrDefault(contender, contender);
    return Target.atLeast(
        String.format(
            "Redis, %s: `%s` at least %s of `%s`%s",
            threads == 1 ? "1 thread" : threads + " threads", contender, OF_FLOOR, floor, remark),
        figures.ratio(Case.redis(floor, threads, HOT), Case.redis(contender, threads, HOT)),
        OF_FLOOR,
        " ×");
  }
}
