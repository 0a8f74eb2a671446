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
import java.util.List;

/**
 * One client keeps slow handlers busy, within its limit. The messages of other clients must not
 * wait for it: most of its messages are handled after the first messages of all others.
 */
final class SlowHandlers implements Attack {

  private static final int CONNECTIONS = 8;
  private static final int MESSAGES = 64;
  private static final String PATH = "/slow/messages";

  @Override
  public String name() {
    return "slow";
  }

  @Override
  public void addRoutes(RoutePlan plan, AttackScale scale) {
    plan.slowMessages(PATH, scale.handling(), Throttle.builder("slow").rate("1000/min").build());
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
    try (Flood flood =
        Flood.ofFrames(target.sockets(), PATH, attacker, connections, ClientBytes.text("hi"))) {
      flood.burst(MESSAGES, scale.flood());
      target.awaitHandled(PATH, attacker, connections);
      try (PacedClients first = innocents().start(target, 1)) {
        first.join();
      }
      long handledBefore = target.states().state().handled(PATH, attacker);
      ClientAnswers answers = innocents().withoutAttack(target, scale.flood());
      flood.drain(scale.flood());
      return new AttackOutcome(
          List.of(
              new ExpectedCount(
                  "handled before others", handledBefore, 0, 3L * connections * MESSAGES / 4)),
          flood.statuses(),
          answers);
    }
  }
}
