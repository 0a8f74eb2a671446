package io.traffik.attack.scenario;

import io.traffik.Throttle;
import io.traffik.attack.load.BlockingClient;
import io.traffik.attack.load.ClientAnswers;
import io.traffik.attack.load.LoopbackAddresses;
import io.traffik.attack.load.PacedClients;
import io.traffik.attack.load.StatusCounts;
import io.traffik.attack.server.RoutePlan;
import io.traffik.attack.server.ServerKind;
import io.traffik.attack.server.ServerState;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/** One client spells a path in many ways, so that each spelling could have a bucket of its own. */
final class SpelledPaths implements Attack {

  private static final int LIMIT = 5;
  private static final int REPETITIONS = 3;
  private static final Duration PERIOD = Duration.ofHours(1);
  private static final String REQUESTS = "/spellings/requests";
  private static final String MESSAGES = "/spellings/messages";

  /** Each is formatted with the last segment of the path. */
  private static final List<String> SPELLINGS =
      List.of(
          "/spellings/%s",
          "//spellings/%s",
          "///spellings//%s",
          "/spellings/%s/",
          "/spellings/%s?a=1",
          "/spellings/%s#a",
          "/spellings/%s;a=1",
          "/spellings;a=1/%s",
          "/%%73pellings/%s",
          "/%%2573pellings/%s",
          "/spellings/./%s",
          "/other/../spellings/%s",
          "/spellings%%2f%s",
          "/spellings/%s%%00",
          "/spellings/%s%%0a",
          "/spellings/%s\n",
          "/spellings/%s\n/more",
          "/spellings/%s\u000b",
          "/Spellings/%s",
          "http://localhost/spellings/%s",
          "http://other/spellings/%s?a=1",
          "//other/spellings/%s");

  @Override
  public String name() {
    return "spellings";
  }

  @Override
  public void addRoutes(RoutePlan plan, AttackScale scale) {
    plan.requests(REQUESTS, Throttle.builder("spelled requests").rate(LIMIT, PERIOD).build());
    plan.messages(MESSAGES, Throttle.builder("spelled messages").rate(LIMIT, PERIOD).build());
  }

  @Override
  public List<ServerKind> servers() {
    return List.of(ServerKind.values());
  }

  @Override
  public List<Integer> connections(AttackScale scale) {
    return List.of(SPELLINGS.size());
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
    long start = System.nanoTime();
    try (PacedClients innocents = innocents().start(target)) {
      int accepted = 0;
      for (String spelling : SPELLINGS) {
        accepted += send(target.requests(), spelling.formatted("requests"), attacker, false);
        accepted += send(target.sockets(), spelling.formatted("messages"), attacker, true);
      }
      ClientAnswers answers = innocents.stop();
      ServerState state = target.awaitQuiet();
      return new AttackOutcome(
          List.of(
              ExpectedCount.granted(
                  "requests", state.handled(REQUESTS, attacker), LIMIT, PERIOD, start),
              new ExpectedCount(
                  "messages",
                  state.handled(MESSAGES, attacker),
                  target.requests().equals(target.sockets()) ? 0 : LIMIT,
                  LIMIT),
              ExpectedCount.any("answered", accepted)),
          new StatusCounts(),
          answers);
    }
  }

  /** Sends a few messages on a connection of their own, and returns how many were answered. */
  private static int send(
      InetSocketAddress server, String path, InetAddress attacker, boolean webSocket) {
    int answered = 0;
    try (BlockingClient client =
        webSocket
            ? BlockingClient.ofMessages(server, path, attacker)
            : BlockingClient.ofRequests(server, path, attacker)) {
      for (; answered < REPETITIONS; answered++) {
        client.exchange();
      }
    } catch (IOException e) {
      // The server refuses this spelling, or closes the connection after it.
    }
    return answered;
  }
}
