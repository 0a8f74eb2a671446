package io.traffik.attack.scenario;

import io.traffik.Throttle;
import io.traffik.attack.load.BlockingClient;
import io.traffik.attack.load.ClientAnswers;
import io.traffik.attack.load.ClientBytes;
import io.traffik.attack.load.LoopbackAddresses;
import io.traffik.attack.load.PacedClients;
import io.traffik.attack.load.StatusCounts;
import io.traffik.attack.server.BackendKind;
import io.traffik.attack.server.RoutePlan;
import io.traffik.attack.server.ServerKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** New clients send twice their limit at once. The first half must be handled, in order. */
final class MessageOrder implements Attack {

  private static final int LIMIT = 10;
  private static final String PATH = "/order/messages";

  @Override
  public String name() {
    return "order";
  }

  @Override
  public void addRoutes(RoutePlan plan, AttackScale scale) {
    plan.messages(PATH, Throttle.builder("order").rate(LIMIT, Duration.ofHours(1)).build());
  }

  @Override
  public List<ServerKind> servers() {
    return List.of(ServerKind.JAVALIN, ServerKind.JAVA_WEBSOCKET);
  }

  @Override
  public List<Integer> connections(AttackScale scale) {
    return List.of(1);
  }

  @Override
  public List<BackendKind> backends() {
    return REMOTE;
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
    byte[] burst = burst();
    StatusCounts statuses = new StatusCounts();
    long inOrder = 0;
    try (PacedClients innocents = innocents().start(target)) {
      for (int i = 0; i < scale.bursts(); i++) {
        inOrder += isFirstHalfHandled(target, burst, statuses) ? 1 : 0;
      }
      ClientAnswers answers = innocents.stop();
      return new AttackOutcome(
          List.of(ExpectedCount.exactly("bursts in order", inOrder, scale.bursts())),
          statuses,
          answers);
    }
  }

  private static byte[] burst() {
    ByteArrayOutputStream burst = new ByteArrayOutputStream();
    for (int n = 0; n < 2 * LIMIT; n++) {
      burst.writeBytes(ClientBytes.text(String.valueOf(n)));
    }
    return burst.toByteArray();
  }

  private static boolean isFirstHalfHandled(
      AttackTarget target, byte[] burst, StatusCounts statuses) throws IOException {
    boolean right = true;
    try (BlockingClient client =
        BlockingClient.ofMessages(target.sockets(), PATH, LoopbackAddresses.next())) {
      client.send(burst);
      for (int n = 0; n < 2 * LIMIT; n++) {
        String answer = client.receive();
        int status = BlockingClient.statusOf(answer);
        statuses.add(status);
        right &= n < LIMIT ? answer.equals(String.valueOf(n)) : status != StatusCounts.OK;
      }
    }
    return right;
  }
}
