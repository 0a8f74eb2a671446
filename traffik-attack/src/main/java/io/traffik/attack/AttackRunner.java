package io.traffik.attack;

import io.traffik.attack.load.ClientAnswers;
import io.traffik.attack.scenario.Attack;
import io.traffik.attack.scenario.AttackOutcome;
import io.traffik.attack.scenario.AttackScale;
import io.traffik.attack.server.BackendKind;
import io.traffik.attack.server.ServerKind;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** Runs attacks on servers that it starts. Not thread-safe. */
final class AttackRunner {

  private static final Duration QUIET = Duration.ofSeconds(2);

  /** Other programs lengthen single runs, a fault lengthens all of them. */
  private static final int MAX_REPETITIONS = 3;

  /** The short form compares no times, so it measures few. */
  private static final Duration SHORT_QUIET = Duration.ofMillis(100);

  private final AttackScale scale;
  private final String redisUri;
  private final boolean virtualThreads;
  private final long endNanos;
  private final Consumer<AttackRow> results;

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
    ServerProcess process = start(server, backend);
    try {
      for (Attack attack : attacks) {
        for (int connections : attack.connections(scale)) {
          results.accept(
              runCompared(new AttackedCase(attack, server, backend, connections), process));
          if (!process.isAlive()) {
            process.close();
            process = start(server, backend);
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

  /** Repeats an attack that seems to delay other clients. Its counts must be right each time. */
  private AttackRow runCompared(AttackedCase attacked, ServerProcess process) throws Exception {
    AttackRow row = run(attacked, process);
    for (int repetition = 1;
        repetition < MAX_REPETITIONS
            && scale == AttackScale.LONG
            && row.isOnlySlow()
            && System.nanoTime() < endNanos;
        repetition++) {
      row = run(attacked, process);
    }
    return row;
  }

  private AttackRow run(AttackedCase attacked, ServerProcess process) throws Exception {
    if (System.nanoTime() > endNanos) {
      return AttackRow.failed(attacked, "no time was left");
    }
    try {
      ClientAnswers quiet = quiet(attacked.attack(), process);
      AttackOutcome outcome =
          attacked.attack().run(process.target(), attacked.connections(), scale);
      return AttackRow.measured(
          attacked,
          new AttackRow.Measured(
              outcome,
              quiet,
              scale == AttackScale.LONG && attacked.attack().isCompared(),
              process.state(true),
              process.logLines()));
    } catch (IOException e) {
      return AttackRow.failed(attacked, process.endOr(e.toString()));
    }
  }

  private ClientAnswers quiet(Attack attack, ServerProcess process) throws Exception {
    return attack
        .innocents()
        .withoutAttack(process.target(), scale == AttackScale.LONG ? QUIET : SHORT_QUIET);
  }

  private ServerProcess start(ServerKind server, BackendKind backend) throws IOException {
    return new ServerProcess(
        new ServerSettings(server, backend, redisUri, scale, true, virtualThreads));
  }
}
