package io.traffik.attack.scenario;

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

/** One client sends a request on each of many connections at once, again and again. */
final class ConcurrentRequests implements Attack {

  private static final int LIMIT = 10;
  private static final Duration PERIOD = Duration.ofHours(1);
  private static final int CONNECTIONS = 250;
  private static final double REQUESTS_PER_SECOND = 2_000;
  private static final Duration MAX_DURATION = Duration.ofSeconds(10);
  private static final String PATH = "/concurrent/requests";

  @Override
  public String name() {
    return "concurrent";
  }

  @Override
  public void addRoutes(RoutePlan plan, AttackScale scale) {
    plan.requests(PATH, Throttle.builder("concurrent").rate(LIMIT, PERIOD).build());
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
    return InnocentTraffic.REQUESTS;
  }

  @Override
  public AttackOutcome run(AttackTarget target, int connections, AttackScale scale)
      throws Exception {
    InetAddress attacker = LoopbackAddresses.next();
    long start = System.nanoTime();
    try (Flood flood =
        Flood.ofRequests(target.requests(), attacker, connections, ClientBytes.request(PATH))) {
      ExpectedCount notServed =
          innocents()
              .notServedDuring(
                  target, () -> flood.answered((long) connections * scale.rounds(), MAX_DURATION));
      ClientAnswers answers =
          innocents().duringEvenFlood(target, flood, REQUESTS_PER_SECOND, scale.flood());
      return new AttackOutcome(
          List.of(
              ExpectedCount.granted(
                  "requests", target.awaitQuiet().handled(PATH, attacker), LIMIT, PERIOD, start),
              notServed),
          flood.statuses(),
          answers);
    }
  }
}
