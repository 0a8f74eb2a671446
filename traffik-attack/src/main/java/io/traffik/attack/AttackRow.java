package io.traffik.attack;

import io.traffik.attack.load.ClientAnswers;
import io.traffik.attack.load.StatusCounts;
import io.traffik.attack.scenario.AttackOutcome;
import io.traffik.attack.scenario.ExpectedCount;
import io.traffik.attack.server.BackendKind;
import io.traffik.attack.server.ServerKind;
import io.traffik.attack.server.ServerState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of one attack on one server.
 *
 * @param connections the connections of the attacker
 * @param measured what was measured; null if the attack failed
 * @param failure why the attack failed, for example because the server ended; otherwise null
 */
record AttackRow(
    String attack,
    ServerKind server,
    BackendKind backend,
    int connections,
    @Nullable Measured measured,
    @Nullable String failure) {

  /**
   * The figures of an attack.
   *
   * @param quiet innocents before the attack
   * @param unthrottled innocents during the same attack on a server without throttles, or null
   * @param state the server after the attack
   * @param logLines the lines that the server has logged
   * @param threadsLeft the threads that the server left when it stopped
   */
  record Measured(
      AttackOutcome outcome,
      ClientAnswers quiet,
      @Nullable ClientAnswers unthrottled,
      ServerState state,
      long logLines,
      List<String> threadsLeft) {

    Measured withThreadsLeft(List<String> names) {
      return new Measured(outcome, quiet, unthrottled, state, logLines, names);
    }

    long innocentsDenied() {
      return outcome.innocents().denied() + outcome.innocents().failed();
    }

    /** The messages of the attacker that were answered by 503. */
    long overloaded() {
      return outcome.statuses().of(StatusCounts.OVERLOADED);
    }
  }

  AttackRow withThreadsLeft(List<String> names) {
    return measured == null
        ? this
        : new AttackRow(
            attack, server, backend, connections, measured.withThreadsLeft(names), failure);
  }

  /** Returns what was attacked, and by how many connections. */
  String name() {
    return "%s, %s, %s, %d connections".formatted(attack, server, backend, connections);
  }

  /** Returns the counts that are wrong, in words. */
  List<String> faults() {
    if (measured == null) {
      return List.of(String.valueOf(failure));
    }
    List<String> faults = new ArrayList<>();
    measured.outcome().counts().stream()
        .filter(count -> !count.isRight())
        .map(ExpectedCount::toString)
        .forEach(faults::add);
    if (measured.innocentsDenied() > 0) {
      faults.add(
          "innocents denied %d, not served %d"
              .formatted(
                  measured.outcome().innocents().denied(),
                  measured.outcome().innocents().failed()));
    }
    if (!measured.threadsLeft().isEmpty()) {
      faults.add("threads left " + measured.threadsLeft());
    }
    return faults;
  }
}
