package io.traffik.attack.scenario;

import io.traffik.Identity;
import io.traffik.Throttle;
import io.traffik.attack.load.ClientAnswers;
import io.traffik.attack.load.ClientBytes;
import io.traffik.attack.load.Flood;
import io.traffik.attack.load.LoopbackAddresses;
import io.traffik.attack.server.BackendKind;
import io.traffik.attack.server.RoutePlan;
import io.traffik.attack.server.ServerKind;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A client that its own limit denies floods a route with a second limit for all clients together.
 * The others stay within the shared limit.
 */
final class SharedLimitFlood implements Attack {

  private static final Identity EVERYBODY = Identity.of("everybody");
  private static final int SHARED_PER_SECOND = 20;
  private static final Duration PERIOD = Duration.ofMinutes(1);

  /** Enough to hold all tokens of the shared limit, if a denied request holds one for a moment. */
  private static final int CONNECTIONS = 64;

  private static final double REQUESTS_PER_SECOND = 1_000;
  private static final Duration INTERVAL = Duration.ofMillis(100);
  private static final String PATH = "/shared/requests";

  /** Together 10 a second, so that the shared limit has room for all of them. */
  private static final InnocentTraffic INNOCENTS =
      new InnocentTraffic(PATH, false, Duration.ofMillis(400));

  @Override
  public String name() {
    return "shared";
  }

  @Override
  public void addRoutes(RoutePlan plan, AttackScale scale) {
    Throttle everybody =
        Throttle.builder("shared by everybody")
            .rate(SHARED_PER_SECOND, Duration.ofSeconds(1))
            .identifier(view -> EVERYBODY)
            .build();
    Throttle client = Throttle.builder("shared by client").rate(clientLimit(scale), PERIOD).build();
    plan.slowRequests(PATH, InnocentTraffic.HANDLING, everybody, client);
  }

  @Override
  public List<ServerKind> servers() {
    return List.of(ServerKind.JAVALIN, ServerKind.SERVLET);
  }

  @Override
  public List<Integer> connections(AttackScale scale) {
    return List.of(CONNECTIONS);
  }

  @Override
  public List<BackendKind> backends() {
    return REMOTE;
  }

  @Override
  public InnocentTraffic innocents() {
    return INNOCENTS;
  }

  @Override
  public AttackOutcome run(AttackTarget target, int connections, AttackScale scale)
      throws Exception {
    InetAddress attacker = LoopbackAddresses.next();
    long start = System.nanoTime();
    try (Flood flood =
        Flood.ofRequests(target.requests(), attacker, connections, ClientBytes.request(PATH))) {
      if (target.throttled()) {
        exhaust(flood, clientLimit(scale));
      }
      ExpectedCount notServed =
          INNOCENTS.notServedDuring(target, () -> flood.answered(Long.MAX_VALUE, scale.flood()));
      ClientAnswers answers =
          INNOCENTS.duringEvenFlood(target, flood, REQUESTS_PER_SECOND, scale.flood());
      return new AttackOutcome(
          List.of(
              ExpectedCount.granted(
                  "requests",
                  target.awaitQuiet().handled(PATH, attacker),
                  clientLimit(scale),
                  PERIOD,
                  start),
              notServed),
          flood.statuses(),
          answers);
    }
  }

  /** The short form uses up a smaller limit in less time. */
  private static int clientLimit(AttackScale scale) {
    return scale == AttackScale.LONG ? 60 : 15;
  }

  /** Uses up the limit of the client, and waits until the shared limit is full again. */
  private static void exhaust(Flood flood, int limit) throws Exception {
    double perSecond = SHARED_PER_SECOND - 1;
    long seconds = (long) (limit / perSecond) + 1;
    flood.paced(perSecond, INTERVAL, Duration.ofSeconds(seconds)).drain(Duration.ofSeconds(1));
    TimeUnit.SECONDS.sleep(1);
  }
}
