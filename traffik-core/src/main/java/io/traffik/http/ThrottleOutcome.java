package io.traffik.http;

import io.traffik.Charge;
import io.traffik.ConnectionThrottledException;
import io.traffik.Decision;
import io.traffik.Throttle;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of one throttle for a request: a charge, the exception that it threw, or a peek
 * because another throttle denied.
 */
final class ThrottleOutcome {

  private final Throttle throttle;
  private final @Nullable Charge charge;
  private final @Nullable RuntimeException failure;
  private @Nullable Decision decision;

  private ThrottleOutcome(
      Throttle throttle,
      @Nullable Charge charge,
      @Nullable RuntimeException failure,
      @Nullable Decision decision) {
    this.throttle = throttle;
    this.charge = charge;
    this.failure = failure;
    this.decision = decision;
  }

  static ThrottleOutcome charged(Throttle throttle, Charge charge) {
    return new ThrottleOutcome(throttle, charge, null, charge.decision());
  }

  /** An outcome of a throttle that took nothing because another one denied. */
  static ThrottleOutcome uncharged(Throttle throttle, Decision decision) {
    return new ThrottleOutcome(throttle, null, null, decision);
  }

  /** An outcome without a charge, even if the exception carries a decision that charged. */
  static ThrottleOutcome failed(Throttle throttle, RuntimeException failure) {
    Decision decision =
        failure instanceof ConnectionThrottledException denial ? denial.decision() : null;
    return new ThrottleOutcome(throttle, null, failure, decision);
  }

  Throttle throttle() {
    return throttle;
  }

  /** The decision to report to the client, or null if the throttle did not decide. */
  @Nullable Decision decision() {
    return decision;
  }

  boolean isFailure(RuntimeException thrown) {
    return failure == thrown;
  }

  /** Returns the denial again, or throws the exception of the throttle again, if there is one. */
  Optional<ConnectionThrottledException> repeat() {
    if (failure instanceof ConnectionThrottledException denial) {
      return Optional.of(denial);
    }
    if (failure != null) {
      throw failure;
    }
    return Optional.empty();
  }

  /** Whether the request has paid, and neither got a refund nor was settled. */
  boolean isCharged() {
    return charge != null && charge.isOpen();
  }

  /** Settles the charge without waiting for the backend; a failure of it is logged. */
  void settle(long actualCost) {
    if (charge != null) {
      var unused = charge.settleAsync(actualCost);
    }
  }

  void refund() {
    if (charge != null) {
      decision = charge.refund();
    }
  }
}
