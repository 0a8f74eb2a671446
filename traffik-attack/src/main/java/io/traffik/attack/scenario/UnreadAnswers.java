package io.traffik.attack.scenario;

import io.traffik.Throttle;
import io.traffik.attack.load.ClientAnswers;
import io.traffik.attack.load.ClientBytes;
import io.traffik.attack.load.Flood;
import io.traffik.attack.load.LoopbackAddresses;
import io.traffik.attack.load.PacedClients;
import io.traffik.attack.server.RoutePlan;
import io.traffik.attack.server.ServerKind;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/**
 * One client sends messages beyond its limit and reads no answers. The answers must not fill the
 * heap, and must not block the threads that serve others.
 */
final class UnreadAnswers implements Attack {

  private static final int LIMIT = 5;
  private static final int CONNECTIONS = 60;
  private static final int MESSAGES = 60_000;
  private static final Duration PERIOD = Duration.ofMinutes(1);
  private static final String PATH = "/unread/messages";

  @Override
  public String name() {
    return "unread";
  }

  @Override
  public void addRoutes(RoutePlan plan, AttackScale scale) {
    plan.messages(PATH, Throttle.builder("unread").rate(LIMIT, PERIOD).build());
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
    try (PacedClients innocents = innocents().start(target);
        Flood flood =
            Flood.ofFrames(target.sockets(), PATH, attacker, connections, ClientBytes.text("hi"))) {
      flood.unread().burst(MESSAGES, scale.flood());
      ClientAnswers answers = innocents.stop();
      return new AttackOutcome(
          List.of(
              ExpectedCount.granted(
                  "messages", target.awaitQuiet().handled(PATH, attacker), LIMIT, PERIOD, start),
              ExpectedCount.any("sent", flood.sent()),
              ExpectedCount.any("connections cut", flood.closedByServer())),
          flood.statuses(),
          answers);
    }
  }
}
