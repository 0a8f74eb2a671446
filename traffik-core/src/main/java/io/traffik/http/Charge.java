package io.traffik.http;

import io.traffik.ConnectionThrottledException;
import io.traffik.ConnectionView;
import io.traffik.Decision;
import io.traffik.Throttle;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/** What one throttle made of a request: it took tokens, or refused by an exception. */
final class Charge {

  private static final Logger LOGGER = System.getLogger(ThrottledRequest.class.getName());

  private final Throttle throttle;
  private final @Nullable RuntimeException refusal;
  private @Nullable Decision decision;
  private @Nullable ConnectionView charged;

  private Charge(
      Throttle throttle,
      @Nullable Decision decision,
      @Nullable ConnectionView charged,
      @Nullable RuntimeException refusal) {
    this.throttle = throttle;
    this.decision = decision;
    this.charged = charged;
    this.refusal = refusal;
  }

  static Charge taken(Throttle throttle, ConnectionView view, Decision decision) {
    return new Charge(throttle, decision, decision.charged() == 0 ? null : view, null);
  }

  /** Took nothing, whatever decision the exception carries. */
  static Charge refused(Throttle throttle, RuntimeException refusal) {
    Decision told =
        refusal instanceof ConnectionThrottledException denial ? denial.decision() : null;
    return new Charge(throttle, told, null, refusal);
  }

  Throttle throttle() {
    return throttle;
  }

  /** What to tell the client, or null if the throttle did not decide. */
  @Nullable Decision decision() {
    return decision;
  }

  boolean isRefusedBy(RuntimeException thrown) {
    return refusal == thrown;
  }

  /** Returns if the request was let pass, and otherwise throws what was thrown then. */
  void repeat() {
    if (refusal != null) {
      throw refusal;
    }
  }

  /** Tried once: a refund whose answer was lost may have been made. */
  void giveBack() {
    if (charged == null || decision == null) {
      return;
    }
    ConnectionView view = charged;
    charged = null;
    try {
      decision = throttle.refund(view, decision.charged());
    } catch (RuntimeException e) {
      LOGGER.log(Level.DEBUG, "a refund was lost; the denial that called for it stands", e);
    }
  }
}
