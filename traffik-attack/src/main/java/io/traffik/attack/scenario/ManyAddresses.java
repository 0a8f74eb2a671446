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
import java.util.stream.Stream;

/**
 * An attacker floods from many addresses beyond the limit of each. The addresses together must not
 * occupy everything that other clients need.
 */
final class ManyAddresses implements Attack {

  private static final int LIMIT = 5;
  private static final int CONNECTIONS = 240;
  private static final Duration PERIOD = Duration.ofMinutes(1);
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final Duration INTERVAL = Duration.ofMillis(250);
  private static final int PAUSES = 6;
  private static final double MESSAGES_PER_SECOND = 4_000;
  private static final String PATH = "/addresses/messages/";

  private final String name;
  private final Duration pause;

  private ManyAddresses(String name, Duration pause) {
    this.name = name;
    this.pause = pause;
  }

  /** An attack while Redis is healthy. */
  static ManyAddresses healthy() {
    return new ManyAddresses("addresses", Duration.ZERO);
  }

  /** An attack while Redis pauses again and again for less than the deadline. */
  static ManyAddresses slow() {
    return new ManyAddresses("slowstore", PAUSE);
  }

  private String path() {
    return PATH + name;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void addRoutes(RoutePlan plan, AttackScale scale) {
    plan.messages(path(), Throttle.builder(name).rate(LIMIT, PERIOD).build());
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
    List<InetAddress> attackers =
        Stream.generate(LoopbackAddresses::next).limit(connections).toList();
    long start = System.nanoTime();
    try (Flood flood = Flood.ofFrames(target.sockets(), path(), attackers, ClientBytes.text("hi"));
        PacedClients innocents = innocents().start(target)) {
      for (int i = 0; i < PAUSES; i++) {
        if (!pause.isZero()) {
          target.redis().pause(pause);
        }
        flood.paced(MESSAGES_PER_SECOND, INTERVAL, INTERVAL);
      }
      ClientAnswers answers = innocents.stop();
      flood.drain(scale.flood());
      ServerState state = target.awaitQuiet();
      long most =
          attackers.stream().mapToLong(address -> state.handled(path(), address)).max().orElse(0);
      return new AttackOutcome(
          List.of(ExpectedCount.granted("most of one address", most, LIMIT, PERIOD, start)),
          flood.statuses(),
          answers);
    }
  }
}
