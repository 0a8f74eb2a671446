package io.traffik.attack;

import io.traffik.attack.scenario.Attack;
import io.traffik.attack.scenario.AttackScale;
import io.traffik.attack.scenario.Attacks;
import io.traffik.attack.server.BackendKind;
import io.traffik.attack.server.ServerKind;
import io.traffik.redis.server.RedisProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Attacks real servers and prints what came through, what it did to others, and what it left:
 *
 * <pre>
 * java -jar traffik-attack.jar [--short] [--virtual-threads] [--server NAME]… [attack…]
 * </pre>
 *
 * <p>The exit status is 1 if a count is wrong, if other clients waited too long, or if time was too
 * short for all attacks.
 */
public final class AttackSuite {

  private static final Duration MAX_DURATION = Duration.ofSeconds(270);

  private static final int FIRST_WITH_VIRTUAL_THREADS = 21;
  private static final int USAGE_ERROR = 2;

  private AttackSuite() {}

  /**
   * Runs the attacks.
   *
   * @param arguments options, and the names of the attacks; by default all
   */
  public static void main(String[] arguments) throws Exception {
    List<Attack> attacks = new ArrayList<>();
    AttackScale scale = AttackScale.LONG;
    boolean virtualThreads = false;
    Set<ServerKind> servers = EnumSet.noneOf(ServerKind.class);
    Iterator<String> remaining = List.of(arguments).iterator();
    while (remaining.hasNext()) {
      String argument = remaining.next();
      switch (argument) {
        case "--short" -> scale = AttackScale.SHORT;
        case "--virtual-threads" -> virtualThreads = true;
        case "--server" -> servers.add(parsed(ServerKind::named, remaining));
        default -> attacks.add(parsed(Attacks::named, List.of(argument).iterator()));
      }
    }
    if (virtualThreads && Runtime.version().feature() < FIRST_WITH_VIRTUAL_THREADS) {
      exit("Virtual threads need JDK 21 or newer: " + Runtime.version() + ". Set JAVA_HOME.");
    }
    List<String> faults = new ArrayList<>();
    try (RedisProcess redis = RedisProcess.start()) {
      AttackRunner runner =
          new AttackRunner(
              scale,
              redis.uri().toString(),
              virtualThreads,
              MAX_DURATION,
              row -> {
                System.out.print(AttackTable.line(row));
                faults.addAll(row.faults());
              });
      run(
          attacks.isEmpty() ? Attacks.DEFAULT : attacks,
          servers.isEmpty() ? EnumSet.allOf(ServerKind.class) : servers,
          runner,
          faults);
    }
    System.out.printf("%nFaults: %d%n", faults.size());
    faults.forEach(System.out::println);
    System.exit(faults.isEmpty() ? 0 : 1);
  }

  private static <T> T parsed(Function<String, T> parser, Iterator<String> arguments) {
    try {
      return parser.apply(arguments.hasNext() ? arguments.next() : "");
    } catch (IllegalArgumentException e) {
      exit(String.valueOf(e.getMessage()));
      throw e;
    }
  }

  private static void exit(String usageError) {
    System.err.println(usageError);
    System.exit(USAGE_ERROR);
  }

  private static void run(
      List<Attack> attacks, Set<ServerKind> servers, AttackRunner runner, List<String> faults)
      throws Exception {
    System.out.print(AttackTable.heading());
    List<StoppedServer> stopped = new ArrayList<>();
    for (ServerKind server : servers) {
      for (BackendKind backend : BackendKind.values()) {
        List<Attack> run =
            attacks.stream()
                .filter(attack -> attack.servers().contains(server))
                .filter(attack -> attack.backends().contains(backend))
                .toList();
        if (!run.isEmpty()) {
          ServerProcess process = runner.run(run, server, backend);
          stopped.add(new StoppedServer(server + ", " + backend, process));
        }
      }
    }
    // The threads of a server need some seconds to end, so all are counted at last.
    for (StoppedServer server : stopped) {
      List<String> threads = server.threadsLeft();
      System.out.printf("Threads left by %s: %d%n", server.name(), threads.size());
      if (!threads.isEmpty()) {
        faults.add(server.name() + ": threads left " + threads);
      }
    }
  }
}
