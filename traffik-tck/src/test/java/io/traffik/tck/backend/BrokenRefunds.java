package io.traffik.tck.backend;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.bucket.TokenBucket;
import io.traffik.spi.BackendCall;
import java.util.List;

/** Backends that refund wrongly. */
final class BrokenRefunds {

  private BrokenRefunds() {}

  /** Ignores refunds. */
  @RejectedBy(
      value = {
        "b12_aRefundReturnsTokensToEveryRate",
        "b12_aRefundReturnsTokensUpToTheCapacity",
        "b3_b12_concurrentHitsAndRefundsAddUp"
      },
      also = {
        "b15_hitsOnOneBucketNeedTheTokensOfAll",
        "b12_b13_aRefundReturnsItsTokensWhileOthersWait",
        "b12_b14_aRefundPaysTheDebtFirstAndAddsNothingAboveTheCapacity",
        "b13_b14_throttlesWaitAndSettleOnlyIfTheBackendSupportsDebt",
        "b13_cancellingTheLastReservationReturnsItsTokens",
        "b9_b13_aReservationTakesFromAllRatesAndWaitsForTheSlowest",
        "b9_b14_theLargestNumberOfUnpaidTokensIsReported",
        "b9_equalRatesInOnePolicyHaveSeparateBuckets",
        "k6_aHitByIdentityAloneUsesTheBucketOfAllRoutes",
        "t7_decideAsyncDecidesOnce"
      })
  static final class LosesRefunds extends ReferenceBackend {
    LosesRefunds(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    long afterRefund(long carried, long now, Rate rate, long cost) {
      return carried;
    }
  }

  /** Refunds above the capacity. */
  @RejectedBy(
      value = {"b12_aRefundReturnsTokensUpToTheCapacity", "b12_aRefundToAFullBucketAddsNothing"},
      also = {
        "b12_b13_aRefundReturnsItsTokensWhileOthersWait",
        "b12_b14_aRefundPaysTheDebtFirstAndAddsNothingAboveTheCapacity"
      })
  static final class RefundsAboveCapacity extends ReferenceBackend {
    RefundsAboveCapacity(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    long carried(Entry stored, long now, Rate rate) {
      if (stored.fullAt() == TokenBucket.FULL || stored.fullAt() > now) {
        return super.carried(stored, now, rate);
      }
      // Keeps tokens above the capacity, but adds no more.
      return now - Math.max(0, stored.written() - stored.fullAt());
    }

    @Override
    long afterRefund(long carried, long now, Rate rate, long cost) {
      return carried - Math.min(cost, rate.capacity()) * rate.nanosPerToken();
    }
  }

  /** Multiplies a refund without a check for overflow. */
  @RejectedBy(
      value = {"b12_aRefundReturnsTokensUpToTheCapacity", "b12_aRefundToAFullBucketAddsNothing"},
      also = "b12_b13_aRefundReturnsItsTokensWhileOthersWait")
  static final class OverflowsRefunds extends ReferenceBackend {
    OverflowsRefunds(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    long afterRefund(long carried, long now, Rate rate, long cost) {
      return Math.max(now, carried - cost * rate.nanosPerToken());
    }
  }

  /** Refunds the first rate only. */
  @RejectedBy(
      value = {"b12_aRefundReturnsTokensToEveryRate", "b3_b12_concurrentHitsAndRefundsAddUp"},
      also = {
        "b9_b13_aReservationTakesFromAllRatesAndWaitsForTheSlowest",
        "b9_b14_theLargestNumberOfUnpaidTokensIsReported",
        "b9_equalRatesInOnePolicyHaveSeparateBuckets",
        "t7_decideAsyncDecidesOnce"
      })
  static final class RefundsFirstRate extends ReferenceBackend {
    RefundsFirstRate(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    long[] decideAt(long now, BackendCall call, Object key) {
      if (call.operation() != Operation.REFUND) {
        return super.decideAt(now, call, key);
      }
      List<Rate> first = call.policy().rates().subList(0, 1);
      super.decideAt(now, withRates(call, first), key);
      return super.decideAt(now, call.with(Operation.PEEK, 0, 0), key);
    }
  }
}
