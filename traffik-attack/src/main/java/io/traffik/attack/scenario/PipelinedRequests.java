package io.traffik.attack.scenario;

import io.traffik.Throttle;
import io.traffik.attack.load.ClientAnswers;
import io.traffik.attack.load.ClientBytes;
import io.traffik.attack.load.Flood;
import io.traffik.attack.load.LoopbackAddresses;
import io.traffik.attack.load.PacedClients;
import io.traffik.attack.server.RoutePlan;
import io.traffik.attack.server.ServerKind;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/**
 * One client sends many requests on each connection without waiting for responses, and spells the
 * path in several ways. All must count toward one limit.
 */
final class PipelinedRequests implements Attack {

  private static final int LIMIT = 10;
  private static final int CONNECTIONS = 40;
  private static final int COPIES = 5;
  private static final Duration PERIOD = Duration.ofHours(1);
  private static final String PATH = "/pipelined/requests";
  private static final List<String> SPELLINGS =
      List.of(
          PATH,
          PATH + "?n=1",
          PATH + "/",
          PATH + ";n=1",
          "/pipelined//requests",
          "/pipelined/./requests",
          "/pipelined/x/../requests",
          "/pipelined/%72equests",
          "/Pipelined/Requests");

  @Override
  public String name() {
    return "pipelined";
  }

  @Override
  public void addRoutes(RoutePlan plan, AttackScale scale) {
    plan.requests(PATH, Throttle.builder("pipelined").rate(LIMIT, PERIOD).build());
  }

  @Override
  public List<ServerKind> servers() {
    return List.of(ServerKind.JAVALIN, ServerKind.SERVLET);
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
    return InnocentTraffic.REQUESTS;
  }

  @Override
  public AttackOutcome run(AttackTarget target, int connections, AttackScale scale)
      throws Exception {
    InetAddress attacker = LoopbackAddresses.next();
    ByteArrayOutputStream requests = new ByteArrayOutputStream();
    SPELLINGS.forEach(path -> requests.writeBytes(ClientBytes.request(path)));
    long start = System.nanoTime();
    try (PacedClients innocents = innocents().start(target);
        Flood flood =
            Flood.ofRequests(target.requests(), attacker, connections, requests.toByteArray())) {
      flood.burst(COPIES, scale.flood()).drain(scale.flood());
      ClientAnswers answers = innocents.stop();
      return new AttackOutcome(
          List.of(
              ExpectedCount.granted(
                  "requests", target.awaitQuiet().handled(PATH, attacker), LIMIT, PERIOD, start)),
          flood.statuses(),
          answers);
    }
  }
}
