package io.traffik.attack.scenario;

import io.traffik.attack.server.RoutePlan;
import java.util.List;
import java.util.stream.Stream;

/** All attacks. */
public final class Attacks {

  /** The attacks that run by default, in at most five minutes. */
  public static final List<Attack> DEFAULT =
      List.of(
          new MessageSurplus(),
          new ConcurrentRequests(),
          new LargeMessages(),
          new SharedLimitFlood(),
          new MessageOrder(),
          new RefusedHandshakes(),
          new OpenConnections(),
          new SpelledPaths(),
          // Its handlers run on for a while, so it comes last.
          new SlowHandlers());

  /** The attacks that run if they are named. */
  private static final List<Attack> ON_REQUEST =
      List.of(
          new ConnectionChurn(),
          new ConnectionDecisions(),
          new ClosingAnswers(),
          new MixedMessages(),
          new PingFlood(),
          new PipelinedRequests(),
          new AbortedRequests(),
          new RecycledTokens(),
          new UnreadAnswers(),
          new BatchFlood(),
          new PausedRedis(),
          ManyAddresses.healthy(),
          ManyAddresses.slow());

  public static final List<Attack> ALL =
      Stream.concat(DEFAULT.stream(), ON_REQUEST.stream()).toList();

  private Attacks() {}

  /** Returns the attack with a name. */
  public static Attack named(String name) {
    return ALL.stream()
        .filter(attack -> attack.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "Unknown attack: "
                        + name
                        + ". Choose from "
                        + ALL.stream().map(Attack::name).toList()));
  }

  /** Returns the routes of all attacks. */
  public static RoutePlan plan(boolean throttled, AttackScale scale) {
    RoutePlan plan = new RoutePlan(throttled);
    InnocentTraffic.addRoutes(plan);
    ALL.forEach(attack -> attack.addRoutes(plan, scale));
    return plan;
  }
}
