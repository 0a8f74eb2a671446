package io.traffik.attack.scenario;

import io.traffik.attack.server.RoutePlan;
import java.util.List;

/** All attacks. */
public final class Attacks {

  public static final List<Attack> ALL =
      List.of(
          new MessageSurplus(),
          new ConcurrentRequests(),
          new LargeMessages(),
          new SharedLimitFlood(),
          new MessageOrder(),
          new RefusedHandshakes(),
          new OpenConnections(),
          new ConnectionChurn(),
          new ConnectionDecisions(),
          new ClosingAnswers(),
          new MixedMessages(),
          new PingFlood(),
          new PipelinedRequests(),
          new AbortedRequests(),
          new RecycledTokens(),
          new UnreadAnswers(),
          ManyAddresses.healthy(),
          ManyAddresses.slow(),
          new BatchFlood(),
          new PausedRedis(),
          // Its handlers run on for a while, so it comes last.
          new SlowHandlers());

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
