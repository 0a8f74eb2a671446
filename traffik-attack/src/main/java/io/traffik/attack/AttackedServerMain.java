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
    ServerUnderAttack server =
        new ServerUnderAttack(
            ServerKind.valueOf(arguments[0]),
            BackendKind.valueOf(arguments[1]),
            arguments[2],
            Attacks.plan(Boolean.parseBoolean(arguments[4]), AttackScale.valueOf(arguments[3])),
            Boolean.parseBoolean(arguments[5]));
    System.out.println(server.requestPort() + " " + server.socketPort());
    try {
      answer(server);
    } finally {
      // Threads that the server has left must not keep this JVM alive.
      Runtime.getRuntime().halt(0);
    }
  }

  private static void answer(ServerUnderAttack server) throws IOException, InterruptedException {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      System.out.println(
          switch (line) {
            case STATE -> server.state(false);
            case STATE_AFTER_COLLECTION -> server.state(true);
            case STOP -> server.stop();
            default -> throw new IllegalArgumentException("Unknown line: " + line);
          });
    }
  }
}
