package io.traffik.tck.backend;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.bucket.TokenBucket;
import io.traffik.spi.BackendCall;
import io.traffik.spi.Margin;
import java.util.List;

/** Backends with errors in reservations, cancellations and settlements. */
final class BrokenDebts {

  private BrokenDebts() {}

  /** Decides hits without patience as if nobody waited. */
  @RejectedBy("b13_aLaterHitNeverPassesAReservation")
  static final class LetsHitsPassReservations extends ReferenceBackend {
    LetsHitsPassReservations(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    long[] decideAt(long now, BackendCall call, Object key) {
      Object unreserved = List.of(key, "unreserved");
      if (call.operation() == Operation.HIT && call.argument() > 0) {
        return super.decideAt(now, call, key);
      }
      long[] answer = super.decideAt(now, call, unreserved);
      if (call.operation() == Operation.HIT && call.isGranted(answer)) {
        super.decideAt(now, call.with(Operation.SETTLE, call.cost(), Long.MAX_VALUE), key);
      } else if (call.operation() != Operation.HIT) {
        super.decideAt(now, call, key);
      }
      return answer;
    }
  }

  /** Grants waiting hits without taking their tokens. */
  @RejectedBy({
    "b13_aLaterHitNeverPassesAReservation",
    "b13_concurrentReservationsProceedOneAfterTheOther",
    "b13_reservationsProceedInOrderAtExactIntervals"
  })
  static final class TakesNothingForReservations extends ReferenceBackend {
    TakesNothingForReservations(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    boolean isWritten(BackendCall call, boolean granted) {
      return super.isWritten(call, granted)
          && (call.operation() != Operation.HIT || call.argument() == 0);
    }
  }

  /** Ignores the patience of a hit. */
  @RejectedBy({
    "b13_reservationsProceedInOrderAtExactIntervals",
    "b2_b13_aHitIsGrantedIfItsTokensAreThereWithinItsPatience"
  })
  static final class IgnoresPatience extends ReferenceBackend {
    IgnoresPatience(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    long[] decideAt(long now, BackendCall call, Object key) {
      boolean isHit = call.operation() == Operation.HIT;
      BackendCall impatient = isHit ? call.with(Operation.HIT, call.cost(), 0) : call;
      long[] answer = super.decideAt(now, impatient, key);
      for (int i = 0; i < call.policy().size() && isHit && !impatient.isGranted(answer); i++) {
        answer[i] = Math.min(answer[i], -call.argument() - 1);
      }
      return answer;
    }
  }

  /** Returns the tokens of a cancelled reservation although later ones wait. */
  @RejectedBy({
    "b3_b13_anEarlierReservationThatIsCancelledLapses",
    "b3_b13_cancellationsNeverLetTwoHitsProceedForOneToken"
  })
  static final class GivesCancelledTokensToTwo extends ReferenceBackend {
    GivesCancelledTokensToTwo(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    boolean grants(BackendCall call, long carried, long now, Rate rate) {
      return call.operation() == Operation.REFUND || super.grants(call, carried, now, rate);
    }
  }

  /** Lets all cancelled reservations lapse. */
  @RejectedBy("b13_cancellingTheLastReservationReturnsItsTokens")
  static final class LosesCancelledTokens extends ReferenceBackend {
    LosesCancelledTokens(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    boolean grants(BackendCall call, long carried, long now, Rate rate) {
      boolean cancels = call.operation() == Operation.REFUND && call.argument() > 0;
      return !cancels && super.grants(call, carried, now, rate);
    }
  }

  /** Settles at most the tokens that are there, and forgives the rest. */
  @RejectedBy({
    "b14_aSettlementTakesTokensThatAreNotThere",
    "b14_concurrentSettlementsAddUp",
    "b14_tokensBeyondTheLargestDebtAreReportedAsUnpaid",
    "b4_b14_aBucketThatOwesDeniesUntilItHasRefilled"
  })
  static final class ForgivesSettlements extends ReferenceBackend {
    ForgivesSettlements(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    long after(BackendCall call, long carried, long now, Rate rate) {
      long after = super.after(call, carried, now, rate);
      return call.operation() == Operation.SETTLE
          ? Math.max(carried, Math.min(after, now + rate.fillNanos()))
          : after;
    }
  }

  /** Reports no unpaid tokens. */
  @RejectedBy({
    "b14_tokensBeyondTheLargestDebtAreReportedAsUnpaid",
    "b9_b14_theLargestNumberOfUnpaidTokensIsReported"
  })
  static final class DropsUnpaidTokens extends ReferenceBackend {
    DropsUnpaidTokens(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    long[] decideAt(long now, BackendCall call, Object key) {
      long[] answer = super.decideAt(now, call, key);
      if (call.operation() == Operation.SETTLE) {
        answer[call.policy().size()] = 0;
      }
      return answer;
    }
  }

  /** Denies a hit of cost 0 on a bucket that owes. */
  @RejectedBy({
    "b6_b13_aCostOfZeroIsGrantedWhileHitsWait",
    "b6_b14_aCostOfZeroIsGrantedByABucketThatOwes"
  })
  static final class DeniesFreeIfOwing extends ReferenceBackend {
    DeniesFreeIfOwing(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    long[] decideAt(long now, BackendCall call, Object key) {
      long[] answer = super.decideAt(now, call, key);
      if (call.operation() == Operation.HIT && call.cost() == 0) {
        for (int i = 0; i < answer.length; i++) {
          answer[i] = answer[i] < 0 ? Margin.NEVER : answer[i];
        }
      }
      return answer;
    }
  }

  /** Refunds the capacity to a bucket that owes, instead of the cost. */
  @RejectedBy("b12_b14_aRefundPaysTheDebtFirstAndAddsNothingAboveTheCapacity")
  static final class ForgivesDebtsOnRefund extends ReferenceBackend {
    ForgivesDebtsOnRefund(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    long afterRefund(long carried, long now, Rate rate, long cost) {
      return super.afterRefund(Math.min(carried, now + rate.fillNanos()), now, rate, cost);
    }
  }

  /** Cuts the debt to the capacity in every call, as without reservations. */
  @RejectedBy({
    "b11_aSmallerCapacityForgivesNoMissingTokens",
    "b14_aSettlementTakesTokensThatAreNotThere"
  })
  static final class CutsAllDebts extends ReferenceBackend {
    CutsAllDebts(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    long carried(Entry stored, long now, Rate rate) {
      long carried = super.carried(stored, now, rate);
      return carried == TokenBucket.UNREPRESENTABLE
          ? carried
          : Math.min(carried, now + rate.fillNanos());
    }
  }
}
