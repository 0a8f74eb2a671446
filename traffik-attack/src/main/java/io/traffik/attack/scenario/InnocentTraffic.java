package io.traffik.attack.scenario;

import io.traffik.Throttle;
import io.traffik.attack.load.BlockingClient;
import io.traffik.attack.load.ClientAnswers;
import io.traffik.attack.load.Flood;
import io.traffik.attack.load.LoopbackAddresses;
import io.traffik.attack.load.PacedClients;
import io.traffik.attack.server.RoutePlan;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The clients that stay within their limits while another client attacks. Each has an address of
 * its own.
 *
 * @param path the route
 * @param webSocket whether they send messages rather than requests
 * @param interval the time between two messages of a client
 */
public record InnocentTraffic(String path, boolean webSocket, Duration interval) {

  static final int CLIENTS = 4;

  private static final Duration INTERVAL = Duration.ofMillis(50);

  /**
   * The time of a handler that does some work. Without it, the times would show how the attacker,
   * the server and Redis share few processors.
   */
  static final Duration HANDLING = Duration.ofMillis(5);

  private static final Duration EVEN_INTERVAL = Duration.ofMillis(20);
  private static final String PATH = "/innocent";

  /** Messages on a route of their own. */
  static final InnocentTraffic MESSAGES = new InnocentTraffic(PATH + "/messages", true, INTERVAL);

  /** Requests on a route of their own. */
  static final InnocentTraffic REQUESTS = new InnocentTraffic(PATH + "/requests", false, INTERVAL);

  /** Adds the routes that serve only these clients. */
  public static void addRoutes(RoutePlan plan) {
    Throttle throttle = Throttle.builder("innocent").rate("100/s").build();
    plan.slowMessages(MESSAGES.path, HANDLING, throttle);
    plan.slowRequests(REQUESTS.path, HANDLING, throttle);
  }

  PacedClients start(AttackTarget target) throws IOException {
    return start(target, Long.MAX_VALUE);
  }

  /**
   * Starts the clients, each with a new address.
   *
   * @param maxMessages the messages of each client
   */
  PacedClients start(AttackTarget target, long maxMessages) throws IOException {
    List<BlockingClient> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(
          webSocket
              ? BlockingClient.ofMessages(target.sockets(), path, LoopbackAddresses.next())
              : BlockingClient.ofRequests(target.requests(), path, LoopbackAddresses.next()));
    }
    return PacedClients.start(clients, interval, maxMessages);
  }

  /** A part of an attack. */
  @FunctionalInterface
  interface Burst {
    void run() throws Exception;
  }

  /**
   * Sends an attacker's messages evenly and returns the answers to these clients meanwhile. Times
   * during bursts would show only that the attacker's messages occupy all processors.
   */
  ClientAnswers duringEvenFlood(
      AttackTarget target, Flood flood, double perSecond, Duration duration)
      throws IOException, InterruptedException {
    try (PacedClients clients = start(target)) {
      flood.paced(perSecond, EVEN_INTERVAL, duration);
      return clients.stop();
    }
  }

  /** Counts the messages of these clients that are denied or lost during a burst. */
  ExpectedCount notServedDuring(AttackTarget target, Burst burst) throws Exception {
    try (PacedClients clients = start(target)) {
      burst.run();
      ClientAnswers answers = clients.stop();
      return ExpectedCount.exactly("others not served", answers.denied() + answers.failed(), 0);
    }
  }

  /** Returns the answers to these clients while nobody attacks. */
  public ClientAnswers withoutAttack(AttackTarget target, Duration duration)
      throws IOException, InterruptedException {
    try (PacedClients clients = start(target)) {
      TimeUnit.NANOSECONDS.sleep(duration.toNanos());
      return clients.stop();
    }
  }
}
