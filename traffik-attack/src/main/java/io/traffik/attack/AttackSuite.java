package io.traffik.attack;

import io.traffik.attack.scenario.Attack;
import io.traffik.attack.scenario.AttackScale;
import io.traffik.attack.scenario.Attacks;
import io.traffik.attack.server.BackendKind;
import io.traffik.attack.server.ServerKind;
import io.traffik.redis.server.RedisProcess;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Attacks real servers and prints what came through, what it did to others, and what it left:
 *
 * <pre>
 * java -jar traffik-attack.jar [--short] [--virtual-threads] [attack…]
 * </pre>
 *
 * <p>The exit status is 1 if a count is wrong, or if time was too short for all attacks.
 */
public final class AttackSuite {

  private static final long MAX_NANOS = TimeUnit.SECONDS.toNanos(285);

  /** Stopped servers whose threads may need some seconds to end. */
  private static final int MAX_STOPPING = 3;

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
    for (String argument : arguments) {
      switch (argument) {
        case "--short" -> scale = AttackScale.SHORT;
        case "--virtual-threads" -> virtualThreads = true;
        default -> attacks.add(Attacks.named(argument));
      }
    }
    boolean right;
    try (RedisProcess redis = RedisProcess.start()) {
      right =
          run(
              attacks.isEmpty() ? Attacks.ALL : attacks,
              new AttackRunner(scale, redis.uri().toString(), virtualThreads));
    }
    System.exit(right ? 0 : 1);
  }

  private static boolean run(List<Attack> attacks, AttackRunner runner) throws Exception {
    long start = System.nanoTime();
    List<String> faults = new ArrayList<>();
    Deque<StoppingServer> stopping = new ArrayDeque<>();
    System.out.print(AttackTable.heading());
    for (Attack attack : attacks) {
      for (ServerKind server : attack.servers()) {
        for (BackendKind backend : attack.backends()) {
          if (System.nanoTime() - start > MAX_NANOS) {
            faults.add(attack.name() + ", " + server + ", " + backend + ": no time was left");
            continue;
          }
          stopping.add(runner.run(List.of(attack), server, backend));
          if (stopping.size() > MAX_STOPPING) {
            print(stopping.remove(), faults);
          }
        }
      }
    }
    for (StoppingServer server : stopping) {
      print(server, faults);
    }
    System.out.printf("%nAfter %d s: %d faults%n", seconds(start), faults.size());
    faults.forEach(System.out::println);
    return faults.isEmpty();
  }

  private static void print(StoppingServer server, List<String> faults) throws IOException {
    for (AttackRow row : server.rows()) {
      System.out.print(AttackTable.line(row));
      row.faults().forEach(fault -> faults.add(row.name() + ": " + fault));
    }
  }

  private static long seconds(long startNanos) {
    return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNanos);
  }
}
