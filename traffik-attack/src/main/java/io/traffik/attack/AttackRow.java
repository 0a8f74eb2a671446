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

  /**
   * The figures of an attack.
   *
   * @param quiet innocents before the attack
   * @param unthrottled innocents during the same attack on a server without throttles, or null
   * @param state the server after the attack
   * @param logLines the lines that the server has logged
   */
  record Measured(
      AttackOutcome outcome,
      ClientAnswers quiet,
      @Nullable ClientAnswers unthrottled,
      ServerState state,
      long logLines) {

    long innocentsDenied() {
      return outcome.innocents().denied() + outcome.innocents().failed();
    }
  }

  static AttackRow measured(AttackedCase attacked, Measured measured) {
    return new AttackRow(attacked, measured, null);
  }

  static AttackRow failed(AttackedCase attacked, String failure) {
    return new AttackRow(attacked, null, failure);
  }

  /** Returns the counts that are wrong, in words. */
  List<String> faults() {
    if (measured == null) {
      return List.of(attacked + ": " + failure);
    }
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
