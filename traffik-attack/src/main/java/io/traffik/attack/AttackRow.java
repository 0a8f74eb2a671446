package io.traffik.attack;

import io.traffik.attack.load.ClientAnswers;
import io.traffik.attack.scenario.AttackOutcome;
import io.traffik.attack.server.ServerState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of one attack on one server.
 *
 * @param measured what was measured; null if the attack failed
 * @param failure why the attack failed, for example because the server ended; otherwise null
 */
record AttackRow(AttackedCase attacked, @Nullable Measured measured, @Nullable String failure) {

  /** Half of the heap of a server. A right one uses about 10 MiB when the attack is over. */
  private static final long MAX_HEAP_BYTES = 64L << 20;

  private static final double SLOW_QUANTILE = 0.99;
  private static final double MAX_DELAY_FACTOR = 2;

  /**
   * The figures of an attack.
   *
   * @param quiet innocents before the attack
   * @param compared whether the attack must not delay innocents
   * @param state the server after the attack
   * @param logLines the lines that the server has logged
   */
  record Measured(
      AttackOutcome outcome,
      ClientAnswers quiet,
      boolean compared,
      ServerState state,
      long logLines) {

    long innocentsDenied() {
      return outcome.innocents().denied() + outcome.innocents().failed();
    }

    /** How many times longer the slowest hundredth of the innocents' answers took. */
    double delayFactor() {
      return outcome.innocents().millis(SLOW_QUANTILE) / quiet.millis(SLOW_QUANTILE);
    }

    boolean isSlow() {
      return compared && !(delayFactor() <= MAX_DELAY_FACTOR);
    }
  }

  static AttackRow measured(AttackedCase attacked, Measured measured) {
    return new AttackRow(attacked, measured, null);
  }

  static AttackRow failed(AttackedCase attacked, String failure) {
    return new AttackRow(attacked, null, failure);
  }

  /** Whether the only fault is a delay of innocents. */
  boolean isOnlySlow() {
    return measured != null && measured.isSlow() && countFaults(measured).isEmpty();
  }

  /** Returns what is wrong, in words. */
  List<String> faults() {
    if (measured == null) {
      return List.of(attacked + ": " + failure);
    }
    List<String> faults = countFaults(measured);
    if (measured.isSlow()) {
      faults.add(
          "%s: p99 of innocents was %.1f times that before the attack"
              .formatted(attacked, measured.delayFactor()));
    }
    return faults;
  }

  private List<String> countFaults(Measured measured) {
    List<String> faults = new ArrayList<>();
    measured.outcome().counts().stream()
        .filter(count -> !count.isRight())
        .map(count -> attacked + ": " + count)
        .forEach(faults::add);
    ClientAnswers innocents = measured.outcome().innocents();
    if (measured.innocentsDenied() > 0) {
      faults.add(
          "%s: innocents denied %d, not served %d of %d"
              .formatted(
                  attacked,
                  innocents.denied(),
                  innocents.failed(),
                  innocents.statuses().total() + innocents.unanswered()));
    }
    if (measured.state().heapBytes() > MAX_HEAP_BYTES) {
      faults.add(attacked + ": heap after a collection " + measured.state().heapBytes() + " bytes");
    }
    return faults;
  }
}
