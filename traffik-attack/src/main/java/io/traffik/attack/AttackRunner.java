package io.traffik.attack;

import io.traffik.attack.load.ClientAnswers;
import io.traffik.attack.scenario.Attack;
import io.traffik.attack.scenario.AttackScale;
import io.traffik.attack.server.BackendKind;
import io.traffik.attack.server.ServerKind;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Runs attacks on servers that it starts. Not thread-safe. */
final class AttackRunner {

  private static final Duration QUIET = Duration.ofSeconds(1);

  /** The short form compares no times, so it measures few. */
  private static final Duration SHORT_QUIET = Duration.ofMillis(100);

  private final AttackScale scale;
  private final String redisUri;
  private final boolean virtualThreads;
  private final long endNanos;
  private final Consumer<AttackRow> results;
  private final Map<String, ClientAnswers> unthrottled = new HashMap<>();

  /**
   * @param maxDuration attacks that would start later do not run
   * @param results receives each result
   */
  AttackRunner(
      AttackScale scale,
      String redisUri,
      boolean virtualThreads,
      Duration maxDuration,
      Consumer<AttackRow> results) {
    this.scale = scale;
    this.redisUri = redisUri;
    this.virtualThreads = virtualThreads;
    this.endNanos = System.nanoTime() + maxDuration.toNanos();
    this.results = results;
  }

  /**
   * Runs attacks on one server, each once for each of its numbers of connections, and tells the
   * server to stop. If an attack ends the server, the next one gets a new server.
   */
  ServerProcess run(List<Attack> attacks, ServerKind server, BackendKind backend) throws Exception {
    if (scale == AttackScale.LONG) {
      measureUnthrottled(attacks.stream().filter(Attack::isCompared).toList(), server);
    }
    ServerProcess process = start(server, backend, true);
    try {
      for (Attack attack : attacks) {
        ClientAnswers quiet = quiet(attack, process);
        for (int connections : attack.connections(scale)) {
          AttackedCase attacked = new AttackedCase(attack, server, backend, connections);
          AttackRow row = run(attacked, process, quiet);
          results.accept(row);
          if (!process.isAlive()) {
            process.close();
            process = start(server, backend, true);
          }
        }
      }
    } catch (Exception e) {
      process.close();
      throw e;
    }
    process.stop();
    return process;
  }

  private AttackRow run(AttackedCase attacked, ServerProcess process, ClientAnswers quiet)
      throws Exception {
    if (System.nanoTime() > endNanos) {
      return AttackRow.failed(attacked, "no time was left");
    }
    try {
      return AttackRow.measured(
          attacked,
          new AttackRow.Measured(
              attacked.attack().run(process.target(), attacked.connections(), scale),
              quiet,
              unthrottled.get(attacked.unthrottledKey()),
              process.state(true),
              process.logLines()));
    } catch (IOException e) {
      return AttackRow.failed(attacked, process.endOr(e.toString()));
    }
  }

  private void measureUnthrottled(List<Attack> attacks, ServerKind server) throws Exception {
    List<AttackedCase> missing =
        attacks.stream()
            .flatMap(
                attack ->
                    attack.connections(scale).stream()
                        .map(count -> new AttackedCase(attack, server, BackendKind.MEMORY, count)))
            .filter(attacked -> !unthrottled.containsKey(attacked.unthrottledKey()))
            .toList();
    if (missing.isEmpty()) {
      return;
    }
    try (ServerProcess process = start(server, BackendKind.MEMORY, false)) {
      quiet(missing.get(0).attack(), process);
      for (AttackedCase attacked : missing) {
        unthrottled.put(
            attacked.unthrottledKey(),
            attacked.attack().run(process.target(), attacked.connections(), scale).innocents());
      }
    } catch (IOException e) {
      // Without throttles, an attack may end the server. Then there is nothing to compare with.
    }
  }

  private ClientAnswers quiet(Attack attack, ServerProcess process) throws Exception {
    return attack
        .innocents()
        .withoutAttack(process.target(), scale == AttackScale.LONG ? QUIET : SHORT_QUIET);
  }

  private ServerProcess start(ServerKind server, BackendKind backend, boolean throttled)
      throws IOException {
    return new ServerProcess(
        new ServerSettings(server, backend, redisUri, scale, throttled, virtualThreads));
  }
}
