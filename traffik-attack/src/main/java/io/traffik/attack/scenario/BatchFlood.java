package io.traffik.attack.scenario;

import io.traffik.Throttle;
import io.traffik.attack.load.ClientAnswers;
import io.traffik.attack.load.ClientBytes;
import io.traffik.attack.load.Flood;
import io.traffik.attack.load.LoopbackAddresses;
import io.traffik.attack.load.PacedClients;
import io.traffik.attack.server.BackendKind;
import io.traffik.attack.server.RoutePlan;
import io.traffik.attack.server.ServerKind;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/**
 * One client fills the queues of very many WebSockets at once, so that each call of the store
 * decides as many messages as it can. The calls of other clients must not be late.
 */
final class BatchFlood implements Attack {

  private static final int LIMIT = 5;
  private static final int CONNECTIONS = 600;
  private static final int MESSAGES = 256;
  private static final int BURSTS = 2;
  private static final Duration PERIOD = Duration.ofMinutes(1);
  private static final String PATH = "/batches/messages";

  @Override
  public String name() {
    return "batches";
  }

  @Override
  public void addRoutes(RoutePlan plan, AttackScale scale) {
    plan.messages(PATH, Throttle.builder("batches").rate(LIMIT, PERIOD).build());
  }

  @Override
  public List<ServerKind> servers() {
    return List.of(ServerKind.JAVALIN, ServerKind.JAVA_WEBSOCKET);
  }

  @Override
  public List<BackendKind> backends() {
    return REMOTE;
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
    long start = System.nanoTime();
    try (Flood flood =
            Flood.ofFrames(target.sockets(), PATH, attacker, connections, ClientBytes.text("hi"));
        PacedClients innocents = innocents().start(target)) {
      for (int i = 0; i < BURSTS; i++) {
        flood.burst(MESSAGES, scale.flood());
      }
      ClientAnswers answers = innocents.stop();
      flood.drain(scale.flood());
      return new AttackOutcome(
          List.of(
              ExpectedCount.granted(
                  "messages", target.awaitQuiet().handled(PATH, attacker), LIMIT, PERIOD, start)),
          flood.statuses(),
          answers);
    }
  }
}
