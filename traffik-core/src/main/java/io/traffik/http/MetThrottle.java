package io.traffik.http;

import io.traffik.Charge;
import io.traffik.ConnectionThrottledException;
import io.traffik.Decision;
import io.traffik.Throttle;
import org.jspecify.annotations.Nullable;

/** What one throttle made of a request: it took tokens, or refused by an exception. */
final class MetThrottle {

  private final Throttle throttle;
  private final @Nullable Charge charge;
  private final @Nullable RuntimeException refusal;
  private @Nullable Decision decision;

  private MetThrottle(
      Throttle throttle,
      @Nullable Charge charge,
      @Nullable RuntimeException refusal,
      @Nullable Decision decision) {
    this.throttle = throttle;
    this.charge = charge;
    this.refusal = refusal;
    this.decision = decision;
  }

  static MetThrottle charged(Throttle throttle, Charge charge) {
    return new MetThrottle(throttle, charge, null, charge.decision());
  }

  /** Took nothing, whatever decision the exception carries. */
  static MetThrottle refused(Throttle throttle, RuntimeException refusal) {
    Decision told =
        refusal instanceof ConnectionThrottledException denial ? denial.decision() : null;
    return new MetThrottle(throttle, null, refusal, told);
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

  void giveBack() {
    if (charge != null) {
      decision = charge.giveBack();
    }
  }
}
