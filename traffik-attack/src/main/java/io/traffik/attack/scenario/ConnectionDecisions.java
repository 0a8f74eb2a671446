package io.traffik.attack.scenario;

import io.traffik.Throttle;
import io.traffik.attack.load.AbortingClient;
import io.traffik.attack.load.ClientAnswers;
import io.traffik.attack.load.ClientBytes;
import io.traffik.attack.load.LoopbackAddresses;
import io.traffik.attack.load.PacedClients;
import io.traffik.attack.load.StatusCounts;
import io.traffik.attack.server.RoutePlan;
import io.traffik.attack.server.ServerKind;
import io.traffik.websocket.WebSocketThrottling;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/**
 * One client opens WebSockets beyond its limit, which a slow Redis decides after they are open, and
 * sends messages on all of them at once. Only messages on granted connections may be handled.
 */
final class ConnectionDecisions implements Attack {

  private static final int LIMIT = 5;
  private static final int MESSAGES = 8;
  private static final int CONNECTIONS = 40;
  private static final Duration PERIOD = Duration.ofDays(1);
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final String PATH = "/opening/messages";

  @Override
  public String name() {
    return "opening";
  }

  @Override
  public void addRoutes(RoutePlan plan, AttackScale scale) {
    plan.sockets(
        PATH,
        WebSocketThrottling.ofMessages(Throttle.builder("opening").rate("10000/min").build())
            .connections(Throttle.builder("opening connections").rate(LIMIT, PERIOD).build()));
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
    ByteArrayOutputStream opening = new ByteArrayOutputStream();
    opening.writeBytes(ClientBytes.handshake(PATH));
    for (int n = 0; n < MESSAGES; n++) {
      opening.writeBytes(ClientBytes.text("hi"));
    }
    AbortingClient client = new AbortingClient();
    try (PacedClients innocents = innocents().start(target)) {
      target.redis().pause(PAUSE);
      for (int i = 0; i < connections; i++) {
        client.send(target.sockets(), attacker, opening.toByteArray());
      }
      long handled = target.awaitQuiet().handled(PATH, attacker);
      ClientAnswers answers = innocents.stop();
      return new AttackOutcome(
          List.of(ExpectedCount.exactly("messages", handled, (long) LIMIT * MESSAGES)),
          new StatusCounts(),
          answers);
    } finally {
      client.abort();
    }
  }
}
