package io.traffik.attack.scenario;

import io.traffik.Throttle;
import io.traffik.attack.load.ClientAnswers;
import io.traffik.attack.load.ClientBytes;
import io.traffik.attack.load.Flood;
import io.traffik.attack.load.LoopbackAddresses;
import io.traffik.attack.load.PacedClients;
import io.traffik.attack.load.StatusCounts;
import io.traffik.attack.server.BackendKind;
import io.traffik.attack.server.RoutePlan;
import io.traffik.attack.server.ServerKind;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/** One client repeats handshakes beyond its limit. The refused ones must leave nothing behind. */
final class RefusedHandshakes implements Attack {

  private static final int CONNECTIONS = 16;
  private static final Duration MAX_DURATION = Duration.ofSeconds(10);
  private static final String PATH = "/refused/handshakes";

  @Override
  public String name() {
    return "refused";
  }

  @Override
  public void addRoutes(RoutePlan plan, AttackScale scale) {
    plan.handshakes(PATH, Throttle.builder("refused").rate("1/h").build());
  }

  @Override
  public List<ServerKind> servers() {
    return List.of(ServerKind.JAVALIN);
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
  public boolean isCompared() {
    return false;
  }

  @Override
  public InnocentTraffic innocents() {
    return InnocentTraffic.MESSAGES;
  }

  @Override
  public AttackOutcome run(AttackTarget target, int connections, AttackScale scale)
      throws Exception {
    InetAddress attacker = LoopbackAddresses.next();
    long before = target.states().state().sessions();
    try (PacedClients innocents = innocents().start(target);
        Flood flood =
            Flood.ofRequests(
                target.sockets(), attacker, connections, ClientBytes.handshake(PATH))) {
      flood.answered(scale.handshakes(), MAX_DURATION);
      ClientAnswers answers = innocents.stop();
      long refused = flood.statuses().of(StatusCounts.DENIED);
      long sessions = target.awaitQuiet().sessions() - before;
      return new AttackOutcome(
          List.of(
              new ExpectedCount(
                  "refused", refused, scale.handshakes() - CONNECTIONS, Long.MAX_VALUE),
              // The innocent clients and the first handshake of the attacker open sessions, too.
              new ExpectedCount("sessions left", sessions, 0, InnocentTraffic.CLIENTS + 1L)),
          flood.statuses(),
          answers);
    }
  }
}
