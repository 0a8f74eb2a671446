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
import io.traffik.attack.server.ServerState;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * An attacker floods from many addresses beyond the limit of each, while Redis answers slowly. The
 * addresses together must not occupy everything that other clients need.
 */
final class ManyAddresses implements Attack {

  private static final int LIMIT = 5;
  private static final int CONNECTIONS = 240;
  private static final Duration PERIOD = Duration.ofMinutes(1);
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final Duration INTERVAL = Duration.ofMillis(250);
  private static final int PAUSES = 6;
  private static final double MESSAGES_PER_SECOND = 4_000;
  private static final String PATH = "/addresses/messages";

  @Override
  public String name() {
    return "addresses";
  }

  @Override
  public void addRoutes(RoutePlan plan, AttackScale scale) {
    plan.messages(PATH, Throttle.builder("addresses").rate(LIMIT, PERIOD).build());
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
    List<InetAddress> attackers =
        Stream.generate(LoopbackAddresses::next).limit(connections).toList();
    long start = System.nanoTime();
    try (Flood flood = Flood.ofFrames(target.sockets(), PATH, attackers, ClientBytes.text("hi"));
        PacedClients innocents = innocents().start(target)) {
      for (int i = 0; i < PAUSES; i++) {
        target.redis().pause(PAUSE);
        flood.paced(MESSAGES_PER_SECOND, INTERVAL, INTERVAL);
      }
      ClientAnswers answers = innocents.stop();
      flood.drain(scale.flood());
      ServerState state = target.awaitQuiet();
      long most =
          attackers.stream().mapToLong(address -> state.handled(PATH, address)).max().orElse(0);
      return new AttackOutcome(
          List.of(ExpectedCount.granted("most of one address", most, LIMIT, PERIOD, start)),
          flood.statuses(),
          answers);
    }
  }
}
