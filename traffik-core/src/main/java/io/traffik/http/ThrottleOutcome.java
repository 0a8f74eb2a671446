package io.traffik.http;

import io.traffik.Charge;
import io.traffik.ConnectionThrottledException;
import io.traffik.Decision;
import io.traffik.Throttle;
import org.jspecify.annotations.Nullable;

/** What one throttle made of a request: it took tokens, or refused by an exception. */
final class ThrottleOutcome {

  private final Throttle throttle;
  private final @Nullable Charge charge;
  private final @Nullable RuntimeException refusal;
  private @Nullable Decision decision;

  private ThrottleOutcome(
      Throttle throttle,
      @Nullable Charge charge,
      @Nullable RuntimeException refusal,
      @Nullable Decision decision) {
    this.throttle = throttle;
    this.charge = charge;
    this.refusal = refusal;
    this.decision = decision;
  }

  static ThrottleOutcome charged(Throttle throttle, Charge charge) {
    return new ThrottleOutcome(throttle, charge, null, charge.decision());
  }

  /** Took nothing, whatever decision the exception carries. */
  static ThrottleOutcome refused(Throttle throttle, RuntimeException refusal) {
    Decision told =
        refusal instanceof ConnectionThrottledException denial ? denial.decision() : null;
    return new ThrottleOutcome(throttle, null, refusal, told);
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

  void refund() {
    if (charge != null) {
      decision = charge.refund();
    }
  }
}
