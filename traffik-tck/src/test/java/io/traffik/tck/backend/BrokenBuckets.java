package io.traffik.tck.backend;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.bucket.TokenBucket;
import io.traffik.spi.BackendCall;

/** Backends with errors in the arithmetic of one bucket. */
final class BrokenBuckets {

  private BrokenBuckets() {}

  /** Refills beyond the capacity. */
  @RejectedBy(
      value = "b1_aBucketRefillsSteadilyAndHoldsAtMostItsCapacity",
      also = "b8_aStepBackChangesNoTokensAndDelaysRefillingByAtMostOneFill")
  static final class IgnoresCapacity extends ReferenceBackend {
    IgnoresCapacity(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    long carried(Entry stored, long now, Rate rate) {
      return stored.fullAt() == TokenBucket.FULL || stored.fullAt() > now
          ? super.carried(stored, now, rate)
          : stored.fullAt();
    }
  }

  /** Fills within the period, although the rounded interval takes longer. */
  @RejectedBy(
      value = {"b7_aFullBurstLosesNoTokenToRounding", "b7_theSustainedRateIsTheConfiguredRate"},
      also = {
        "b3_aGreedyClientGetsAtMostCapacityPlusRefill",
        "b4_aDenialEndsExactlyWhenItSays",
        "b9_eachMarginIsThatOfItsRateAlone",
        "b9_marginsAreInTheOrderOfThePolicysRates"
      },
      inRealTime = false)
  static final class FillsWithinPeriod extends ReferenceBackend {
    FillsWithinPeriod(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    long margin(long carried, long now, Rate rate, long cost) {
      long fill = rate.period().toNanos() / rate.limit() * rate.capacity();
      return fill - (carried - now) - cost * rate.nanosPerToken();
    }
  }

  /** Refills whole tokens only, counted from the last call. */
  @RejectedBy(
      value = "b1_fractionsOfATokenAddUp",
      also = {
        "b11_aLongerPeriodKeepsTheMissingTokens",
        "b3_concurrentHitsGetExactlyTheRefilledTokens",
        "b3_noDecisionUsesAStaleClockReading",
        "b4_b11_repeatedDenialsOfAnotherVersionDoNotMoveTheirEnd",
        "b4_furtherDenialsDoNotPostponeTheEndOfADenial",
        "b9_eachMarginIsThatOfItsRateAlone"
      })
  static final class LosesFractions extends ReferenceBackend {
    LosesFractions(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    long carried(Entry stored, long now, Rate rate) {
      long carried = super.carried(stored, now, rate);
      if (carried == TokenBucket.UNREPRESENTABLE) {
        return carried;
      }
      long missing = carried - now;
      long tokens = (missing + rate.nanosPerToken() - 1) / rate.nanosPerToken();
      return now + tokens * rate.nanosPerToken();
    }
  }

  /** Takes a token even if it denies. */
  @RejectedBy(
      value = "b2_aDenialTakesNothing",
      also = {
        "b15_hitsOnOneBucketNeedTheTokensOfAll",
        "b11_anAddedRateStartsFullAndLeavesTheOthersUnchanged",
        "b12_aPeekPredictsTheHitAndTakesNothing",
        "b2_b13_aHitIsGrantedIfItsTokensAreThereWithinItsPatience",
        "b3_aGreedyClientGetsAtMostCapacityPlusRefill",
        "b3_b12_concurrentHitsAndRefundsAddUp",
        "b4_b11_repeatedDenialsOfAnotherVersionDoNotMoveTheirEnd",
        "b4_furtherDenialsDoNotPostponeTheEndOfADenial",
        "b8_aStepBackChangesNoTokensAndDelaysRefillingByAtMostOneFill",
        "b9_aHitThatOneRateDeniesTakesFromNone",
        "b9_b13_aReservationTakesFromAllRatesAndWaitsForTheSlowest",
        "b9_eachMarginIsThatOfItsRateAlone"
      })
  static final class ChargesDenials extends ReferenceBackend {
    ChargesDenials(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    long[] decideAt(long now, BackendCall call, Object key) {
      long[] margins = super.decideAt(now, call, key);
      if (call.operation() == Operation.HIT && !call.isGranted(margins)) {
        super.decideAt(now, call.with(Operation.HIT, 1, 0), key);
      }
      return margins;
    }
  }

  /** Rounds waits down to whole seconds, but at least to a nanosecond. */
  @RejectedBy(
      value = "b4_aDenialEndsExactlyWhenItSays",
      also = {
        "b4_b13_theWaitOfADenialEndsWhenThePatienceSuffices",
        "b9_eachMarginIsThatOfItsRateAlone"
      })
  static final class RoundsWaitsDown extends ReferenceBackend {
    RoundsWaitsDown(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    long margin(long carried, long now, Rate rate, long cost) {
      long margin = TokenBucket.margin(carried, now, rate, cost);
      return margin < 0 ? Math.min(-1, margin / 1_000_000_000 * 1_000_000_000) : margin;
    }
  }

  /** Rounds waits up to whole seconds. */
  @RejectedBy(
      value = {
        "b4_aDenialEndsExactlyWhenItSays",
        "b4_furtherDenialsDoNotPostponeTheEndOfADenial",
        "b4_b9_allRatesGrantAfterTheLongestWait"
      },
      also = {
        "b11_aSmallerCapacityForgivesNoMissingTokens",
        "b12_aPeekPredictsTheHitAndTakesNothing",
        "b12_b13_aRefundReturnsItsTokensWhileOthersWait",
        "b12_b14_aRefundPaysTheDebtFirstAndAddsNothingAboveTheCapacity",
        "b13_cancellingTheLastReservationReturnsItsTokens",
        "b13_reservationsProceedInOrderAtExactIntervals",
        "b14_aSettlementTakesTokensThatAreNotThere",
        "b14_concurrentSettlementsAddUp",
        "b14_tokensBeyondTheLargestDebtAreReportedAsUnpaid",
        "b2_b13_aHitIsGrantedIfItsTokensAreThereWithinItsPatience",
        "b3_b13_anEarlierReservationThatIsCancelledLapses",
        "b4_b11_aDenialEndsExactlyWhenItSaysWhicheverVersionWroteTheBucket",
        "b4_b11_aRaisedRateHelpsAWaitingClientAtOnce",
        "b4_b11_repeatedDenialsOfAnotherVersionDoNotMoveTheirEnd",
        "b4_b13_theWaitOfADenialEndsWhenThePatienceSuffices",
        "b4_b14_aBucketThatOwesDeniesUntilItHasRefilled",
        "b6_b13_aCostOfZeroIsGrantedWhileHitsWait",
        "b6_b14_aCostOfZeroIsGrantedByABucketThatOwes",
        "b9_b13_aReservationTakesFromAllRatesAndWaitsForTheSlowest",
        "b9_b14_theLargestNumberOfUnpaidTokensIsReported",
        "b9_eachMarginIsThatOfItsRateAlone",
        "b9_theDecisionReportsTheDenyingRateAndTheSmallestRemainder"
      })
  static final class RoundsWaitsUp extends ReferenceBackend {
    RoundsWaitsUp(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    long margin(long carried, long now, Rate rate, long cost) {
      long margin = TokenBucket.margin(carried, now, rate, cost);
      return margin < 0 ? (margin / 1_000_000_000 - 1) * 1_000_000_000 : margin;
    }
  }

  /** Computes in seconds with floating point. */
  @RejectedBy(
      value = {"b7_aFullBurstLosesNoTokenToRounding", "b7_theSustainedRateIsTheConfiguredRate"},
      also = {
        "b3_aGreedyClientGetsAtMostCapacityPlusRefill",
        "b4_aDenialEndsExactlyWhenItSays",
        "b9_marginsAreInTheOrderOfThePolicysRates"
      },
      inRealTime = false)
  static final class FloatingPoint extends ReferenceBackend {
    FloatingPoint(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    long afterHit(long carried, long now, Rate rate, long cost) {
      double seconds = carried / 1e9 + cost * (rate.nanosPerToken() / 1e9);
      return Math.round(seconds * 1e9);
    }
  }

  /** Rounds the time per token down. */
  @RejectedBy(
      value = "b3_aGreedyClientGetsAtMostCapacityPlusRefill",
      also = {
        "b4_aDenialEndsExactlyWhenItSays",
        "b7_aFullBurstLosesNoTokenToRounding",
        "b9_eachMarginIsThatOfItsRateAlone",
        "b9_marginsAreInTheOrderOfThePolicysRates"
      },
      inRealTime = false)
  static final class RefillsTooFast extends ReferenceBackend {
    RefillsTooFast(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    long afterHit(long carried, long now, Rate rate, long cost) {
      return carried + cost * (rate.period().toNanos() / rate.limit());
    }

    @Override
    long margin(long carried, long now, Rate rate, long cost) {
      long interval = rate.period().toNanos() / rate.limit();
      return interval * rate.capacity() - (carried - now) - cost * interval;
    }
  }

  /** Rounds the time per token up to milliseconds. */
  @RejectedBy(
      value = "b7_theSustainedRateIsTheConfiguredRate",
      also = {
        "b13_cancellingTheLastReservationReturnsItsTokens",
        "b3_aGreedyClientGetsAtMostCapacityPlusRefill",
        "b4_aDenialEndsExactlyWhenItSays",
        "b9_b14_theLargestNumberOfUnpaidTokensIsReported",
        "b9_eachMarginIsThatOfItsRateAlone"
      },
      inRealTime = false)
  static final class RefillsTooSlowly extends ReferenceBackend {
    RefillsTooSlowly(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    long afterHit(long carried, long now, Rate rate, long cost) {
      return carried + cost * interval(rate);
    }

    @Override
    long afterRefund(long carried, long now, Rate rate, long cost) {
      return cost >= rate.capacity() ? now : Math.max(now, carried - cost * interval(rate));
    }

    @Override
    long margin(long carried, long now, Rate rate, long cost) {
      long interval = interval(rate);
      long margin = interval * rate.capacity() - (carried - now) - cost * interval;
      return margin < 0
          ? margin
          : margin / interval * rate.nanosPerToken()
              + Math.min(margin % interval, rate.nanosPerToken() - 1);
    }

    private static long interval(Rate rate) {
      long millis = (rate.nanosPerToken() + 999_999) / 1_000_000;
      return rate.nanosPerToken() < 10_000_000 || rate.fillNanos() > 1L << 61
          ? rate.nanosPerToken()
          : millis * 1_000_000;
    }
  }

  /** Denies a hit of 0 on a bucket without a whole token. */
  @RejectedBy(
      value = "b6_aCostOfZeroIsGrantedEvenByAnEmptyBucketAndTakesNothing",
      also = {
        "b11_aSmallerCapacityForgivesNoMissingTokens",
        "b11_b12_callsThatTakeNothingLeaveTheSpeedUnchanged",
        "b11_changesInBothDirectionsKeepTheMissingTokens",
        "b6_b13_aCostOfZeroIsGrantedWhileHitsWait",
        "b6_b14_aCostOfZeroIsGrantedByABucketThatOwes"
      })
  static final class DeniesFree extends ReferenceBackend {
    DeniesFree(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    long[] decideAt(long now, BackendCall call, Object key) {
      long[] margins = super.decideAt(now, call, key);
      long interval = call.policy().rate(0).nanosPerToken();
      if (call.operation() == Operation.HIT && call.cost() == 0 && margins[0] < interval) {
        margins[0] -= interval;
      }
      return margins;
    }
  }

  /** Takes tokens in a peek. */
  @RejectedBy(
      value = "b12_aPeekPredictsTheHitAndTakesNothing",
      also = {
        "b15_b2_aClientAtItsLimitNeverTakesTokensFromASharedBucket",
        "b15_b2_aDeniedHitTakesNothingFromTheOthersInAnyOrder",
        "b15_b3_concurrentHitsOnSeveralKeysAddUp",
        "b15_hitsOnOneBucketNeedTheTokensOfAll",
        "b11_b12_callsThatTakeNothingLeaveTheSpeedUnchanged",
        "b2_b13_aHitIsGrantedIfItsTokensAreThereWithinItsPatience",
        "b4_aDenialEndsExactlyWhenItSays",
        "b4_b11_aDenialEndsExactlyWhenItSaysWhicheverVersionWroteTheBucket",
        "b4_b11_aRaisedRateHelpsAWaitingClientAtOnce",
        "b4_b11_repeatedDenialsOfAnotherVersionDoNotMoveTheirEnd",
        "b4_b13_theWaitOfADenialEndsWhenThePatienceSuffices",
        "b4_b14_aBucketThatOwesDeniesUntilItHasRefilled",
        "b4_b9_allRatesGrantAfterTheLongestWait",
        "b4_furtherDenialsDoNotPostponeTheEndOfADenial",
        "b9_theCallerOwnsTheMargins",
        "t7_decideAsyncDecidesOnce"
      })
  static final class ChargesPeeks extends ReferenceBackend {
    ChargesPeeks(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    long[] decideAt(long now, BackendCall call, Object key) {
      Operation done = call.operation() == Operation.PEEK ? Operation.HIT : call.operation();
      return super.decideAt(now, call.with(done, call.cost(), call.argument()), key);
    }
  }
}
