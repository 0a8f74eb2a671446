package io.traffik.attack.scenario;

import io.traffik.Throttle;
import io.traffik.attack.load.ClientAnswers;
import io.traffik.attack.load.ClientBytes;
import io.traffik.attack.load.Flood;
import io.traffik.attack.load.LoopbackAddresses;
import io.traffik.attack.load.PacedClients;
import io.traffik.attack.server.BackendKind;
import io.traffik.attack.server.RoutePlan;
import io.traffik.attack.server.ServerKind;
import io.traffik.attack.server.ServerState;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/**
 * One client floods while Redis repeatedly answers nobody for less than the deadline. What waits
 * meanwhile must not pass.
 */
final class PausedRedis implements Attack {

  private static final int LIMIT = 10;
  private static final int CONNECTIONS = 250;
  private static final Duration PERIOD = Duration.ofHours(1);
  private static final Duration PAUSE = Duration.ofMillis(200);
  private static final Duration INTERVAL = Duration.ofMillis(400);
  private static final int PAUSES = 4;
  private static final String REQUESTS = "/paused/requests";
  private static final String MESSAGES = "/paused/messages";

  @Override
  public String name() {
    return "paused";
  }

  @Override
  public void addRoutes(RoutePlan plan, AttackScale scale) {
    plan.requests(REQUESTS, Throttle.builder("paused requests").rate(LIMIT, PERIOD).build());
    plan.messages(MESSAGES, Throttle.builder("paused messages").rate(LIMIT, PERIOD).build());
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
    return InnocentTraffic.MESSAGES;
  }

  @Override
  public AttackOutcome run(AttackTarget target, int connections, AttackScale scale)
      throws Exception {
    InetAddress attacker = LoopbackAddresses.next();
    long start = System.nanoTime();
    try (Flood messages =
            Flood.ofFrames(
                target.sockets(), MESSAGES, attacker, connections / 5, ClientBytes.text("hi"));
        Flood requests =
            Flood.ofRequests(
                target.requests(), attacker, connections, ClientBytes.request(REQUESTS));
        PacedClients innocents = innocents().start(target)) {
      for (int i = 0; i < PAUSES; i++) {
        target.redis().pause(PAUSE);
        messages.paced(2_000, INTERVAL, INTERVAL.dividedBy(10));
        requests.answered(Long.MAX_VALUE, INTERVAL);
      }
      ClientAnswers answers = innocents.stop();
      messages.drain(scale.flood());
      ServerState state = target.awaitQuiet();
      return new AttackOutcome(
          List.of(
              ExpectedCount.granted(
                  "requests", state.handled(REQUESTS, attacker), LIMIT, PERIOD, start),
              ExpectedCount.granted(
                  "messages", state.handled(MESSAGES, attacker), LIMIT, PERIOD, start),
              ExpectedCount.any("longest pause", target.redis().longestPauseMillis())),
          requests.statuses(),
          answers);
    }
  }
}
