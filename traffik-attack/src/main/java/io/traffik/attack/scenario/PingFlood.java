package io.traffik.attack.scenario;

import io.traffik.Throttle;
import io.traffik.attack.load.ClientAnswers;
import io.traffik.attack.load.ClientBytes;
import io.traffik.attack.load.Flood;
import io.traffik.attack.load.LoopbackAddresses;
import io.traffik.attack.load.PacedClients;
import io.traffik.attack.server.RoutePlan;
import io.traffik.attack.server.ServerKind;
import io.traffik.websocket.WebSocketThrottling;
import java.time.Duration;
import java.util.List;

/** One client sends pings far beyond its limit. Only those within the limit get a pong. */
final class PingFlood implements Attack {

  private static final int LIMIT = 10;
  private static final int CONNECTIONS = 20;
  private static final int PINGS = 300;

  /** A pong repeats the content of its ping, so this counts as an answer with status 777. */
  private static final String CONTENT = "\"status_code\":777";

  private static final int PONG = 777;
  private static final Duration PERIOD = Duration.ofDays(1);
  private static final String PATH = "/pings/messages";

  @Override
  public String name() {
    return "pings";
  }

  @Override
  public void addRoutes(RoutePlan plan, AttackScale scale) {
    plan.sockets(
        PATH,
        WebSocketThrottling.ofMessages(Throttle.builder("ping messages").rate("5/min").build())
            .pings(Throttle.builder("pings").rate(LIMIT, PERIOD).build()));
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
    byte[] ping = ClientBytes.ping(CONTENT);
    try (PacedClients innocents = innocents().start(target);
        Flood flood =
            Flood.ofFrames(target.sockets(), PATH, LoopbackAddresses.next(), connections, ping)) {
      flood.burst(PINGS, scale.flood()).drain(scale.flood());
      ClientAnswers answers = innocents.stop();
      return new AttackOutcome(
          List.of(ExpectedCount.exactly("pongs", flood.statuses().of(PONG), LIMIT)),
          flood.statuses(),
          answers);
    }
  }
}
