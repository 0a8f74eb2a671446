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

/** One client sends large messages beyond its limit as fast as the server reads them. */
final class LargeMessages implements Attack {

  private static final int LIMIT = 5;
  private static final Duration PERIOD = Duration.ofMinutes(1);
  private static final int CONNECTIONS = 48;
  private static final double MESSAGES_PER_SECOND = 300;
  private static final int LENGTH = 60_000;
  private static final Duration MAX_DURATION = Duration.ofSeconds(6);
  private static final String PATH = "/large/messages";

  @Override
  public String name() {
    return "large";
  }

  @Override
  public void addRoutes(RoutePlan plan, AttackScale scale) {
    plan.messages(PATH, Throttle.builder("large").rate(LIMIT, PERIOD).build());
  }

  @Override
  public List<ServerKind> servers() {
    return List.of(ServerKind.JAVALIN, ServerKind.JAVA_WEBSOCKET);
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
    return InnocentTraffic.MESSAGES;
  }

  @Override
  public AttackOutcome run(AttackTarget target, int connections, AttackScale scale)
      throws Exception {
    InetAddress attacker = LoopbackAddresses.next();
    byte[] frame = ClientBytes.text("a".repeat(LENGTH));
    long start = System.nanoTime();
    try (Flood flood = Flood.ofFrames(target.sockets(), PATH, attacker, connections, frame)) {
      ClientAnswers answers =
          innocents().duringEvenFlood(target, flood, MESSAGES_PER_SECOND, scale.flood());
      ExpectedCount notServed =
          innocents()
              .notServedDuring(target, () -> flood.burst(scale.largeMessages(), MAX_DURATION));
      flood.drain(scale.flood());
      return new AttackOutcome(
          List.of(
              ExpectedCount.granted(
                  "messages", target.awaitQuiet().handled(PATH, attacker), LIMIT, PERIOD, start),
              notServed),
          flood.statuses(),
          answers);
    }
  }
}
