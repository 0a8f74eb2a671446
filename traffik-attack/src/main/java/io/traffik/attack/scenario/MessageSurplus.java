package io.traffik.attack.scenario;

import io.traffik.Throttle;
import io.traffik.attack.load.BlockingClient;
import io.traffik.attack.load.ClientAnswers;
import io.traffik.attack.load.ClientBytes;
import io.traffik.attack.load.Flood;
import io.traffik.attack.load.LoopbackAddresses;
import io.traffik.attack.load.PacedClients;
import io.traffik.attack.server.RoutePlan;
import io.traffik.attack.server.ServerKind;
import io.traffik.attack.server.ServerState;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/**
 * One client sends far more messages than its limit, over many WebSockets, and requests as well.
 * Other clients use up their own limits on the same route meanwhile.
 */
final class MessageSurplus implements Attack {

  private static final int LIMIT = 5;
  private static final Duration PERIOD = Duration.ofMinutes(1);
  private static final double MESSAGES_PER_SECOND = 13_500;

  /** Bursts fill what waits on the server; evenly spaced messages would not. */
  private static final Duration BURST_INTERVAL = Duration.ofSeconds(1);

  private static final Duration REQUEST_INTERVAL = Duration.ofMillis(40);
  private static final long REQUESTS_SENT = 25;
  private static final String MESSAGES = "/surplus/messages";
  private static final String REQUESTS = "/surplus/requests";

  /** Other clients, each within its limit on the attacked route. */
  private static final InnocentTraffic SAME_ROUTE =
      new InnocentTraffic(MESSAGES, true, Duration.ofMillis(100));

  @Override
  public String name() {
    return "surplus";
  }

  @Override
  public void addRoutes(RoutePlan plan, AttackScale scale) {
    plan.messages(MESSAGES, Throttle.builder("surplus messages").rate(LIMIT, PERIOD).build());
    plan.requests(REQUESTS, Throttle.builder("surplus requests").rate(LIMIT, PERIOD).build());
  }

  @Override
  public List<ServerKind> servers() {
    return List.of(ServerKind.JAVALIN, ServerKind.JAVA_WEBSOCKET);
  }

  @Override
  public List<Integer> connections(AttackScale scale) {
    return scale == AttackScale.LONG ? List.of(45, 60, 200) : List.of(45);
  }

  @Override
  public InnocentTraffic innocents() {
    return InnocentTraffic.MESSAGES;
  }

  @Override
  public AttackOutcome run(AttackTarget target, int connections, AttackScale scale)
      throws Exception {
    InetAddress attacker = LoopbackAddresses.next();
    long start = System.nanoTime();
    BlockingClient requests = BlockingClient.ofRequests(target.requests(), REQUESTS, attacker);
    try (Flood flood =
            Flood.ofFrames(
                target.sockets(), MESSAGES, attacker, connections, ClientBytes.text("hi"));
        PacedClients sameRoute = SAME_ROUTE.start(target, LIMIT);
        PacedClients requester =
            PacedClients.start(List.of(requests), REQUEST_INTERVAL, REQUESTS_SENT)) {
      ClientAnswers answers =
          innocents().duringEvenFlood(target, flood, MESSAGES_PER_SECOND, scale.flood());
      ExpectedCount notServed =
          innocents()
              .notServedDuring(
                  target, () -> flood.paced(MESSAGES_PER_SECOND, BURST_INTERVAL, BURST_INTERVAL));
      requester.join();
      ClientAnswers sameRouteAnswers = sameRoute.join().stop();
      flood.drain(scale.flood());
      ServerState state = target.awaitQuiet();
      return new AttackOutcome(
          List.of(
              ExpectedCount.granted(
                  "messages", state.handled(MESSAGES, attacker), LIMIT, PERIOD, start),
              ExpectedCount.granted(
                  "requests", state.handled(REQUESTS, attacker), LIMIT, PERIOD, start),
              ExpectedCount.exactly(
                  "others' messages",
                  sameRouteAnswers.granted(),
                  (long) InnocentTraffic.CLIENTS * LIMIT),
              notServed),
          flood.statuses(),
          answers);
    }
  }
}
