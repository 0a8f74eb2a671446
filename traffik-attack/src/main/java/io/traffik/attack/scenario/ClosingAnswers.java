package io.traffik.attack.scenario;

import io.traffik.Throttle;
import io.traffik.attack.load.BlockingClient;
import io.traffik.attack.load.ClientAnswers;
import io.traffik.attack.load.ClientBytes;
import io.traffik.attack.load.Flood;
import io.traffik.attack.load.LoopbackAddresses;
import io.traffik.attack.load.PacedClients;
import io.traffik.attack.load.StatusCounts;
import io.traffik.attack.server.RoutePlan;
import io.traffik.attack.server.ServerKind;
import io.traffik.websocket.MessageAnswer;
import io.traffik.websocket.WebSocketThrottling;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/**
 * One client lets the server close its WebSockets again and again: small messages, a large one
 * beyond its limit, and more small messages, which are dropped. Dropped messages must cost nothing,
 * and their refunds must not buy others.
 */
final class ClosingAnswers implements Attack {

  private static final int LIMIT = 60;
  private static final int COST_UNIT = 10;
  private static final int CONNECTIONS = 4;
  private static final int ROUNDS = 3;
  private static final int FIRST = 4;
  private static final int DROPPED = 20;
  private static final String PATH = "/closing/messages";

  @Override
  public String name() {
    return "closing";
  }

  @Override
  public void addRoutes(RoutePlan plan, AttackScale scale) {
    Throttle throttle =
        Throttle.builder("closing")
            .rate(LIMIT, Duration.ofDays(1))
            .cost(view -> 1 + view.messageSize() / COST_UNIT)
            .build();
    plan.sockets(
        PATH, WebSocketThrottling.ofMessages(throttle).answer(MessageAnswer.closeTryAgainLater()));
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
    byte[] burst = burst();
    StatusCounts statuses = new StatusCounts();
    try (PacedClients innocents = innocents().start(target)) {
      for (int round = 0; round < ROUNDS; round++) {
        try (Flood flood = Flood.ofFrames(target.sockets(), PATH, attacker, connections, burst)) {
          flood.burst(1, scale.flood()).drain(scale.flood());
        }
      }
      long beforeClosing = target.awaitQuiet().handled(PATH, attacker);
      useUp(target, attacker, statuses);
      ClientAnswers answers = innocents.stop();
      return new AttackOutcome(
          List.of(
              // Messages that will be dropped may hold the tokens of others for a moment.
              new ExpectedCount(
                  "before closing", beforeClosing, FIRST, (long) ROUNDS * connections * FIRST),
              ExpectedCount.exactly("in all", target.awaitQuiet().handled(PATH, attacker), LIMIT)),
          statuses,
          answers);
    }
  }

  private static byte[] burst() {
    ByteArrayOutputStream burst = new ByteArrayOutputStream();
    byte[] small = ClientBytes.text("hi");
    for (int n = 0; n < FIRST; n++) {
      burst.writeBytes(small);
    }
    burst.writeBytes(ClientBytes.text("a".repeat((LIMIT - 1) * COST_UNIT)));
    for (int n = 0; n < DROPPED; n++) {
      burst.writeBytes(small);
    }
    return burst.toByteArray();
  }

  /** Sends messages until the server closes the connection. */
  private static void useUp(AttackTarget target, InetAddress attacker, StatusCounts statuses)
      throws IOException {
    try (BlockingClient client = BlockingClient.ofMessages(target.sockets(), PATH, attacker)) {
      for (int n = 0; n < 2 * LIMIT; n++) {
        try {
          statuses.add(client.exchange());
        } catch (IOException e) {
          return;
        }
      }
    }
  }
}
