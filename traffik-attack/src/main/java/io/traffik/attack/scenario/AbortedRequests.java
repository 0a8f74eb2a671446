package io.traffik.attack.scenario;

import io.traffik.Identity;
import io.traffik.Throttle;
import io.traffik.attack.load.AbortingClient;
import io.traffik.attack.load.ClientAnswers;
import io.traffik.attack.load.ClientBytes;
import io.traffik.attack.load.Flood;
import io.traffik.attack.load.LoopbackAddresses;
import io.traffik.attack.load.PacedClients;
import io.traffik.attack.load.StatusCounts;
import io.traffik.attack.server.RoutePlan;
import io.traffik.attack.server.ServerKind;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * One client resets its connections while two throttles decide its requests together. Its limit
 * must be used up exactly, and it must take nothing else from the limit that all clients share.
 */
final class AbortedRequests implements Attack {

  private static final Identity EVERYBODY = Identity.of("everybody");
  private static final int SHARED = 100;
  private static final int LIMIT = 20;
  private static final int CONNECTIONS = 60;
  private static final int ROUNDS = 6;
  private static final Duration PERIOD = Duration.ofDays(1);
  private static final Duration PAUSE = Duration.ofMillis(60);
  private static final Duration MAX_DURATION = Duration.ofSeconds(2);
  private static final String PATH = "/aborted/requests";

  @Override
  public String name() {
    return "aborted";
  }

  @Override
  public void addRoutes(RoutePlan plan, AttackScale scale) {
    Throttle everybody =
        Throttle.builder("aborted by everybody")
            .rate(SHARED, PERIOD)
            .identifier(view -> EVERYBODY)
            .build();
    plan.requests(
        PATH, everybody, Throttle.builder("aborted by client").rate(LIMIT, PERIOD).build());
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
    byte[] request = ClientBytes.request(PATH);
    try (PacedClients innocents = innocents().start(target)) {
      AbortingClient client = new AbortingClient();
      for (int round = 0; round < ROUNDS; round++) {
        target.redis().pause(PAUSE);
        for (int i = 0; i < connections; i++) {
          client.send(target.requests(), attacker, request);
        }
        TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos() / 2);
        client.abort();
        // A pause that begins during another one would extend it beyond the deadline.
        TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
      }
      ClientAnswers answers = innocents.stop();
      long handled = target.awaitQuiet().handled(PATH, attacker);
      StatusCounts others = useUp(target, request);
      return new AttackOutcome(
          List.of(
              ExpectedCount.exactly("attacker's", handled, LIMIT),
              ExpectedCount.exactly("others'", others.of(StatusCounts.OK), SHARED - LIMIT)),
          others,
          answers);
    }
  }

  /** Lets other clients use up the shared limit. */
  private static StatusCounts useUp(AttackTarget target, byte[] request) throws IOException {
    List<InetAddress> others = Stream.generate(LoopbackAddresses::next).limit(LIMIT).toList();
    try (Flood flood = Flood.ofRequests(target.requests(), others, request)) {
      return flood.answered(2L * SHARED, MAX_DURATION).statuses();
    }
  }
}
