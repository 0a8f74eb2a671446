package io.traffik.attack.scenario;

import io.traffik.Throttle;
import io.traffik.attack.load.AbortingClient;
import io.traffik.attack.load.ClientAnswers;
import io.traffik.attack.load.ClientBytes;
import io.traffik.attack.load.Flood;
import io.traffik.attack.load.LoopbackAddresses;
import io.traffik.attack.load.PacedClients;
import io.traffik.attack.load.StatusCounts;
import io.traffik.attack.server.BackendKind;
import io.traffik.attack.server.RoutePlan;
import io.traffik.attack.server.ServerKind;
import io.traffik.websocket.WebSocketThrottling;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One client opens and resets WebSockets far beyond its limit of open ones. Afterwards it must have
 * as many as before: none is left counted, and none goes uncounted.
 */
final class ConnectionChurn implements Attack {

  private static final int LIMIT = 10;
  private static final int CONNECTIONS = 40;
  private static final int ABORTED = 100;
  private static final int ROUNDS = 3;
  private static final Duration RELEASE = Duration.ofMillis(500);
  private static final Duration MAX_DURATION = Duration.ofSeconds(1);
  private static final String PATH = "/churn/messages";

  @Override
  public String name() {
    return "churn";
  }

  @Override
  public void addRoutes(RoutePlan plan, AttackScale scale) {
    Throttle messages = Throttle.builder("churn").rate("10000/min").build();
    plan.sockets(PATH, WebSocketThrottling.ofMessages(messages).maxConnections(LIMIT));
  }

  @Override
  public List<ServerKind> servers() {
    return List.of(ServerKind.JAVALIN, ServerKind.JAVA_WEBSOCKET);
  }

  @Override
  public List<BackendKind> backends() {
    return List.of(BackendKind.MEMORY, BackendKind.LETTUCE);
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
    StatusCounts statuses = new StatusCounts();
    try (PacedClients innocents = innocents().start(target)) {
      for (int round = 0; round < ROUNDS; round++) {
        churn(target, attacker);
        TimeUnit.NANOSECONDS.sleep(RELEASE.toNanos());
        try (Flood flood =
            Flood.ofFrames(target.sockets(), PATH, attacker, connections, ClientBytes.text("hi"))) {
          flood.burst(1, MAX_DURATION).drain(MAX_DURATION);
          statuses.add(flood.statuses());
        }
        TimeUnit.NANOSECONDS.sleep(RELEASE.toNanos());
      }
      ClientAnswers answers = innocents.stop();
      return new AttackOutcome(
          List.of(
              ExpectedCount.exactly(
                  "open", target.awaitQuiet().handled(PATH, attacker), (long) LIMIT * ROUNDS)),
          statuses,
          answers);
    }
  }

  /** Resets connections at once, before, while and after the server accepts their handshakes. */
  private static void churn(AttackTarget target, InetAddress attacker) throws IOException {
    AbortingClient client = new AbortingClient();
    byte[] handshake = ClientBytes.handshake(PATH);
    for (int i = 0; i < ABORTED; i++) {
      client.send(target.sockets(), attacker, handshake);
      if (i % LIMIT == i % (LIMIT / 2)) {
        client.abort();
      }
    }
    client.abort();
  }
}
