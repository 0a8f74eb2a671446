package io.traffik.attack.scenario;

import io.traffik.attack.load.ClientAnswers;
import io.traffik.attack.load.ClientBytes;
import io.traffik.attack.load.Flood;
import io.traffik.attack.load.LoopbackAddresses;
import io.traffik.attack.load.PacedClients;
import io.traffik.attack.server.BackendKind;
import io.traffik.attack.server.RoutePlan;
import io.traffik.attack.server.ServerKind;
import java.time.Duration;
import java.util.List;

/** One client opens many WebSockets and sends pings, which no throttle counts. */
final class IdleConnections implements Attack {

  private static final int CONNECTIONS = 500;
  private static final double PINGS_PER_SECOND = 13_500;
  private static final Duration INTERVAL = Duration.ofMillis(50);

  @Override
  public String name() {
    return "idle";
  }

  @Override
  public void addRoutes(RoutePlan plan, AttackScale scale) {
    // The attacker uses the route of the innocent clients.
  }

  @Override
  public List<ServerKind> servers() {
    return List.of(ServerKind.JAVALIN, ServerKind.JAVA_WEBSOCKET);
  }

  @Override
  public List<BackendKind> backends() {
    return List.of(BackendKind.MEMORY);
  }

  @Override
  public List<Integer> connections(AttackScale scale) {
    return List.of(CONNECTIONS);
  }

  @Override
  public InnocentTraffic innocents() {
    return InnocentTraffic.MESSAGES;
  }

  @Override
  public AttackOutcome run(AttackTarget target, int connections, AttackScale scale)
      throws Exception {
    try (PacedClients innocents = innocents().start(target);
        Flood flood =
            Flood.ofFrames(
                target.sockets(),
                innocents().path(),
                LoopbackAddresses.next(),
                connections,
                ClientBytes.ping())) {
      flood.paced(PINGS_PER_SECOND, INTERVAL, scale.flood());
      ClientAnswers answers = innocents.stop();
      return new AttackOutcome(
          List.of(
              ExpectedCount.any("open", connections - flood.closedByServer()),
              ExpectedCount.any("pings", flood.sent())),
          flood.statuses(),
          answers);
    }
  }
}
