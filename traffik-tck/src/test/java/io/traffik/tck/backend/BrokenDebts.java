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
  @RejectedBy(
      value = "b13_aLaterHitNeverPassesAReservation",
      also = {
        "b12_b13_aRefundReturnsItsTokensWhileOthersWait",
        "b13_b14_throttlesWaitAndSettleOnlyIfTheBackendSupportsDebt",
        "b13_cancellingTheLastReservationReturnsItsTokens",
        "b3_b13_anEarlierReservationThatIsCancelledLapses",
        "b4_b13_theWaitOfADenialEndsWhenThePatienceSuffices",
        "b6_b13_aCostOfZeroIsGrantedWhileHitsWait",
        "b9_b13_aReservationTakesFromAllRatesAndWaitsForTheSlowest"
      })
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
  @RejectedBy(
      value = {
        "b13_aLaterHitNeverPassesAReservation",
        "b13_concurrentReservationsProceedOneAfterTheOther",
        "b13_reservationsProceedInOrderAtExactIntervals"
      },
      also = {
        "b12_b13_aRefundReturnsItsTokensWhileOthersWait",
        "b13_b14_throttlesWaitAndSettleOnlyIfTheBackendSupportsDebt",
        "b13_cancellingTheLastReservationReturnsItsTokens",
        "b2_b13_aHitIsGrantedIfItsTokensAreThereWithinItsPatience",
        "b3_b13_anEarlierReservationThatIsCancelledLapses",
        "b4_b13_theWaitOfADenialEndsWhenThePatienceSuffices",
        "b6_b13_aCostOfZeroIsGrantedWhileHitsWait",
        "b9_b13_aReservationTakesFromAllRatesAndWaitsForTheSlowest"
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
  @RejectedBy(
      value = {
        "b13_reservationsProceedInOrderAtExactIntervals",
        "b2_b13_aHitIsGrantedIfItsTokensAreThereWithinItsPatience"
      },
      also = {
        "b12_b13_aRefundReturnsItsTokensWhileOthersWait",
        "b13_aLaterHitNeverPassesAReservation",
        "b13_b14_throttlesWaitAndSettleOnlyIfTheBackendSupportsDebt",
        "b13_cancellingTheLastReservationReturnsItsTokens",
        "b13_concurrentReservationsProceedOneAfterTheOther",
        "b3_b13_anEarlierReservationThatIsCancelledLapses",
        "b4_b13_theWaitOfADenialEndsWhenThePatienceSuffices",
        "b6_b13_aCostOfZeroIsGrantedWhileHitsWait",
        "b9_b13_aReservationTakesFromAllRatesAndWaitsForTheSlowest",
        "b9_eachMarginIsThatOfItsRateAlone"
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
    "b3_b13_randomCancellationsNeverLetTwoHitsProceedForOneToken"
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
  @RejectedBy(
      value = "b13_cancellingTheLastReservationReturnsItsTokens",
      also = {
        "b13_b14_throttlesWaitAndSettleOnlyIfTheBackendSupportsDebt",
        "b9_b13_aReservationTakesFromAllRatesAndWaitsForTheSlowest"
      })
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
  @RejectedBy(
      value = {
        "b14_aSettlementTakesTokensThatAreNotThere",
        "b14_concurrentSettlementsAddUp",
        "b14_tokensBeyondTheLargestDebtAreReportedAsUnpaid",
        "b4_b14_aBucketThatOwesDeniesUntilItHasRefilled"
      },
      also = {
        "b12_b14_aRefundPaysTheDebtFirstAndAddsNothingAboveTheCapacity",
        "b6_b14_aCostOfZeroIsGrantedByABucketThatOwes",
        "b9_b14_theLargestNumberOfUnpaidTokensIsReported"
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
  @RejectedBy(
      value = {
        "b14_tokensBeyondTheLargestDebtAreReportedAsUnpaid",
        "b9_b14_theLargestNumberOfUnpaidTokensIsReported"
      },
      also = "b13_b14_throttlesWaitAndSettleOnlyIfTheBackendSupportsDebt")
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
  @RejectedBy(
      value = {
        "b6_b13_aCostOfZeroIsGrantedWhileHitsWait",
        "b6_b14_aCostOfZeroIsGrantedByABucketThatOwes"
      },
      also = "b11_aSmallerCapacityForgivesNoMissingTokens")
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
  @RejectedBy(
      value = "b12_b14_aRefundPaysTheDebtFirstAndAddsNothingAboveTheCapacity",
      also = {
        "b12_b13_aRefundReturnsItsTokensWhileOthersWait",
        "b13_b14_throttlesWaitAndSettleOnlyIfTheBackendSupportsDebt",
        "b13_cancellingTheLastReservationReturnsItsTokens",
        "b9_b13_aReservationTakesFromAllRatesAndWaitsForTheSlowest",
        "b9_b14_theLargestNumberOfUnpaidTokensIsReported"
      })
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
  @RejectedBy(
      value = {
        "b11_aSmallerCapacityForgivesNoMissingTokens",
        "b14_aSettlementTakesTokensThatAreNotThere"
      },
      also = {
        "b12_b13_aRefundReturnsItsTokensWhileOthersWait",
        "b12_b14_aRefundPaysTheDebtFirstAndAddsNothingAboveTheCapacity",
        "b13_aLaterHitNeverPassesAReservation",
        "b13_b14_throttlesWaitAndSettleOnlyIfTheBackendSupportsDebt",
        "b13_cancellingTheLastReservationReturnsItsTokens",
        "b13_concurrentReservationsProceedOneAfterTheOther",
        "b13_reservationsProceedInOrderAtExactIntervals",
        "b14_concurrentSettlementsAddUp",
        "b14_tokensBeyondTheLargestDebtAreReportedAsUnpaid",
        "b2_b13_aHitIsGrantedIfItsTokensAreThereWithinItsPatience",
        "b3_b11_twoLiveVersionsGrantAtMostTheLargerCapacityAndTheFasterRefill",
        "b3_b13_anEarlierReservationThatIsCancelledLapses",
        "b4_b11_aDenialEndsExactlyWhenItSaysWhicheverVersionWroteTheBucket",
        "b4_b13_theWaitOfADenialEndsWhenThePatienceSuffices",
        "b4_b14_aBucketThatOwesDeniesUntilItHasRefilled",
        "b6_b13_aCostOfZeroIsGrantedWhileHitsWait",
        "b6_b14_aCostOfZeroIsGrantedByABucketThatOwes",
        "b9_b13_aReservationTakesFromAllRatesAndWaitsForTheSlowest",
        "b9_b14_theLargestNumberOfUnpaidTokensIsReported"
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
