package io.traffik.attack.scenario;

import io.traffik.Identity;
import io.traffik.Throttle;
import io.traffik.attack.load.AbortingClient;
import io.traffik.attack.load.BlockingClient;
import io.traffik.attack.load.ClientAnswers;
import io.traffik.attack.load.ClientBytes;
import io.traffik.attack.load.LoopbackAddresses;
import io.traffik.attack.load.PacedClients;
import io.traffik.attack.load.StatusCounts;
import io.traffik.attack.server.BackendKind;
import io.traffik.attack.server.RoutePlan;
import io.traffik.attack.server.ServerKind;
import io.traffik.websocket.MessageAnswer;
import io.traffik.websocket.WebSocketThrottling;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One client sends a message beyond a limit, which closes its WebSocket, and then messages of a
 * limit that all clients share. The latter are dropped and refunded. They must not hold the shared
 * tokens meanwhile.
 */
final class RecycledTokens implements Attack {

  private static final Identity EVERYBODY = Identity.of("everybody");
  private static final int SHARED_PER_SECOND = 20;
  private static final int CONNECTIONS = 8;
  private static final int DROPPED = 40;
  private static final String CLOSING = "closing";
  private static final Duration CYCLE = Duration.ofMillis(10);
  private static final String PATH = "/recycled/messages";

  /** Together 10 a second, so that the shared limit has room for all of them. */
  private static final InnocentTraffic INNOCENTS =
      new InnocentTraffic(PATH, true, Duration.ofMillis(400));

  @Override
  public String name() {
    return "recycled";
  }

  @Override
  public void addRoutes(RoutePlan plan, AttackScale scale) {
    Throttle everybody =
        Throttle.builder("recycled by everybody")
            .rate(SHARED_PER_SECOND, Duration.ofSeconds(1))
            .identifier(view -> EVERYBODY)
            .build();
    Throttle client = Throttle.builder("recycled by client").rate("60/min").build();
    Throttle closing = Throttle.builder("recycled closing").rate("1/day").build();
    plan.sockets(
        PATH,
        WebSocketThrottling.ofMessages(everybody, client)
            .context("closing", message -> CLOSING.equals(message.text()), closing)
            .answer(MessageAnswer.closeTryAgainLater()));
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
    return INNOCENTS;
  }

  @Override
  public AttackOutcome run(AttackTarget target, int connections, AttackScale scale)
      throws Exception {
    InetAddress attacker = LoopbackAddresses.next();
    useUpClosing(target, attacker);
    long before = target.awaitQuiet().handled(PATH, attacker);
    byte[] opening = opening();
    long end = System.nanoTime() + scale.flood().toNanos();
    AbortingClient client = new AbortingClient();
    try (PacedClients innocents = innocents().start(target)) {
      while (System.nanoTime() < end) {
        for (int i = 0; i < connections; i++) {
          client.send(target.sockets(), attacker, opening);
        }
        TimeUnit.NANOSECONDS.sleep(CYCLE.toNanos());
        client.abort();
      }
      ClientAnswers answers = innocents.stop();
      return new AttackOutcome(
          List.of(
              ExpectedCount.exactly(
                  "messages", target.awaitQuiet().handled(PATH, attacker) - before, 0)),
          new StatusCounts(),
          answers);
    } finally {
      client.abort();
    }
  }

  private static void useUpClosing(AttackTarget target, InetAddress attacker) throws IOException {
    try (BlockingClient client = BlockingClient.ofMessages(target.sockets(), PATH, attacker)) {
      client.send(ClientBytes.text(CLOSING));
      client.receive();
    }
  }

  private static byte[] opening() {
    ByteArrayOutputStream opening = new ByteArrayOutputStream();
    opening.writeBytes(ClientBytes.handshake(PATH));
    opening.writeBytes(ClientBytes.text(CLOSING));
    for (int n = 0; n < DROPPED; n++) {
      opening.writeBytes(ClientBytes.text("hi"));
    }
    return opening.toByteArray();
  }
}
