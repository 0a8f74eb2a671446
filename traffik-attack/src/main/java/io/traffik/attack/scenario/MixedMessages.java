package io.traffik.attack.scenario;

import io.traffik.Throttle;
import io.traffik.attack.load.BlockingClient;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One client mixes text and binary messages of several budgets in one burst on each of several
 * WebSockets. Each budget must hold by itself.
 */
final class MixedMessages implements Attack {

  private static final int TYPING = 5;
  private static final int UPLOADS = 3;
  private static final int OTHERS = 10;
  private static final int CONNECTIONS = 4;
  private static final int ROUNDS = 20;
  private static final String TYPED = "typing";
  private static final String OTHER = "other";
  private static final String UPLOADED = "binary";
  private static final Duration PERIOD = Duration.ofDays(1);
  private static final String PATH = "/mixed/messages";

  @Override
  public String name() {
    return "mixed";
  }

  @Override
  public void addRoutes(RoutePlan plan, AttackScale scale) {
    plan.sockets(
        PATH,
        WebSocketThrottling.ofMessages(throttle("mixed others", OTHERS))
            .context(
                "typing", message -> TYPED.equals(message.text()), throttle("mixed typing", TYPING))
            .context(
                "upload", message -> message.data() != null, throttle("mixed uploads", UPLOADS)));
  }

  private static Throttle throttle(String uid, int limit) {
    return Throttle.builder(uid).rate(limit, PERIOD).build();
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
    StatusCounts statuses = new StatusCounts();
    Map<String, Integer> answers = new HashMap<>();
    List<BlockingClient> clients = new ArrayList<>();
    try (PacedClients innocents = innocents().start(target)) {
      for (int i = 0; i < connections; i++) {
        clients.add(BlockingClient.ofMessages(target.sockets(), PATH, attacker));
      }
      byte[] burst = burst();
      for (BlockingClient client : clients) {
        client.send(burst);
      }
      for (BlockingClient client : clients) {
        for (int n = 0; n < 3 * ROUNDS; n++) {
          String answer = client.receive();
          statuses.add(BlockingClient.statusOf(answer));
          answers.merge(answer, 1, Integer::sum);
        }
      }
      ClientAnswers innocentAnswers = innocents.stop();
      return new AttackOutcome(
          List.of(
              ExpectedCount.exactly(TYPED, answers.getOrDefault(TYPED, 0), TYPING),
              ExpectedCount.exactly(UPLOADED, answers.getOrDefault(UPLOADED, 0), UPLOADS),
              ExpectedCount.exactly(OTHER, answers.getOrDefault(OTHER, 0), OTHERS)),
          statuses,
          innocentAnswers);
    } finally {
      for (BlockingClient client : clients) {
        client.close();
      }
    }
  }

  private static byte[] burst() {
    ByteArrayOutputStream burst = new ByteArrayOutputStream();
    for (int n = 0; n < ROUNDS; n++) {
      burst.writeBytes(ClientBytes.text(TYPED));
      burst.writeBytes(ClientBytes.binary(new byte[] {1}));
      burst.writeBytes(ClientBytes.text(OTHER));
    }
    return burst.toByteArray();
  }
}
