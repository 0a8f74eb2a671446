package io.traffik;

import io.traffik.Backend.Operation;
import io.traffik.spi.BackendCall;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The hit of one throttle in a {@link GroupDecision}. Its backend may answer twice: to a peek,
 * which leaves it undecided, and to the hit.
 */
final class GroupMember {

  private enum State {
    /** The backend has not answered yet. */
    UNKNOWN,
    /** The hit would be granted, and has taken nothing. */
    PEEKED,
    CHARGED,
    /** Final without a charge: exempt, denied, or decided by the failure policy. */
    SETTLED,
    /** Denied, but the throttled handler lets the connection proceed. */
    PERMITTED
  }

  private final PendingOperation hit;
  private State state;

  GroupMember(PendingOperation hit) {
    this.hit = hit;
    this.state = hit.call() == null ? State.SETTLED : State.UNKNOWN;
  }

  Throttle throttle() {
    return hit.throttle();
  }

  /**
   * The backend call that decides about this member together with the others; null if it is
   * decided, or in shadow.
   */
  @Nullable BoundCall pendingCall() {
    return !hit.isShadow() && (state == State.UNKNOWN || state == State.PEEKED) ? hit.call() : null;
  }

  /**
   * Decides about a member in shadow, by itself: its denial must not keep the others from being
   * charged.
   */
  CompletionStage<?> observe(CallMode mode) {
    BoundCall call = hit.call();
    if (!hit.isShadow() || call == null || state != State.UNKNOWN) {
      return CompletableFuture.completedFuture(this);
    }
    return Futures.handle(
        mode.decide(call.backend(), call.call()),
        (answer, thrown) -> {
          if (answer == null) {
            onFailure(call, Futures.orUnknown(thrown));
          } else {
            onAnswer(call, answer, true);
          }
          return this;
        });
  }

  /** Whether this member's denial stops the connection. */
  boolean isDenied() {
    if (hit.isShadow()) {
      return false;
    }
    return hit.isImpossible()
        ? state != State.PERMITTED
        : state == State.SETTLED && hit.decision().denied();
  }

  /**
   * Records the answer of the backend.
   *
   * @param charged whether the tokens were taken
   */
  void onAnswer(BoundCall call, long[] answer, boolean charged) {
    boolean decided = hit.complete(call, answer, null);
    if (!decided || hit.decision().denied()) {
      state = State.SETTLED;
    } else {
      state = charged ? State.CHARGED : State.PEEKED;
    }
  }

  /**
   * Records a failure of the backend.
   *
   * @throws RuntimeException if the failure policy is to throw, or the application made a mistake
   */
  void onFailure(BoundCall call, Throwable thrown) {
    hit.complete(call, null, thrown);
    state = State.SETTLED;
  }

  /** The decision about this member, which is a peek if it took nothing; null if unknown. */
  @Nullable Decision decision() {
    return switch (state) {
      case UNKNOWN -> null;
      case PEEKED -> hit.peek();
      case CHARGED, SETTLED, PERMITTED -> hit.decision();
    };
  }

  /**
   * Reports the denial to the listeners and the throttled handler.
   *
   * @return the exception of the default handler; null if another handler lets the connection
   *     proceed
   * @throws RuntimeException the exception of another handler
   */
  @Nullable ConnectionThrottledException reportDenial() {
    ConnectionThrottledException denial = hit.deny();
    if (denial == null) {
      state = State.PERMITTED;
    }
    return denial;
  }

  /** Reports a decision that does not stop the connection to the listeners. */
  void reportAllowed() {
    if (state != State.PERMITTED) {
      hit.report(false);
    }
  }

  Charge charge() {
    return hit.charge(0);
  }

  /** Refunds what this member was charged; afterwards it is as after a peek. */
  CompletionStage<?> refund(CallMode mode) {
    if (state != State.CHARGED) {
      return CompletableFuture.completedFuture(this);
    }
    state = State.PEEKED;
    return mode.refund(charge());
  }

  /** A peek of the same tokens. */
  static BackendCall peek(BackendCall call) {
    return call.with(Operation.PEEK, call.cost(), call.argument());
  }
}
