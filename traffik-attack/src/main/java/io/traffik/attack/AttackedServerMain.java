package io.traffik.attack;

import io.traffik.attack.scenario.AttackScale;
import io.traffik.attack.scenario.Attacks;
import io.traffik.attack.server.BackendKind;
import io.traffik.attack.server.ServerKind;
import io.traffik.attack.server.ServerUnderAttack;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * The JVM of a server under attack. It answers each line of standard input by a line of standard
 * output, and ends with the input, which is when its parent ends.
 */
final class AttackedServerMain {

  /** Begins each answer; the JVM may print other lines, for example if its heap is full. */
  static final String ANSWER = "> ";

  /** Asks for the state of the server. */
  static final String STATE = "state";

  /** Asks for the state of the server after a garbage collection. */
  static final String STATE_AFTER_COLLECTION = "collect";

  /** Stops the server and asks for the threads that remain. */
  static final String STOP = "stop";

  private AttackedServerMain() {}

  /**
   * Starts a server and prints the ports of requests and WebSockets.
   *
   * @param arguments server, backend, URI of Redis, scale, whether there are throttles, and whether
   *     Javalin uses virtual threads
   */
  public static void main(String[] arguments) throws Exception {
    AttackScale scale = AttackScale.valueOf(arguments[3]);
    ServerUnderAttack server =
        new ServerUnderAttack(
            ServerKind.valueOf(arguments[0]),
            BackendKind.valueOf(arguments[1]),
            arguments[2],
            scale.deadline(),
            Attacks.plan(Boolean.parseBoolean(arguments[4]), scale),
            Boolean.parseBoolean(arguments[5]));
    System.out.println(ANSWER + server.requestPort() + " " + server.socketPort());
    try {
      answer(server);
    } catch (IOException | InterruptedException | RuntimeException e) {
      System.out.println(e);
    }
    // Threads that the server has left must not keep this JVM alive.
    Runtime.getRuntime().halt(0);
  }

  private static void answer(ServerUnderAttack server) throws IOException, InterruptedException {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String answer =
          switch (line) {
            case STATE -> server.state(false);
            case STATE_AFTER_COLLECTION -> server.state(true);
            case STOP -> server.stop();
            default -> throw new IllegalArgumentException("Unknown line: " + line);
          };
      System.out.println(ANSWER + answer);
    }
  }
}
