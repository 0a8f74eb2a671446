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
      also = {"b9_equalRatesInOnePolicyHaveSeparateBuckets", "t7_decideAsyncDecidesOnce"})
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
  @RejectedBy({"b12_aRefundReturnsTokensUpToTheCapacity", "b12_aRefundToAFullBucketAddsNothing"})
  static final class RefundsAboveCapacity extends ReferenceBackend {
    RefundsAboveCapacity(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    long carried(Entry stored, long now, Rate rate) {
      // Keeps tokens above the capacity, but adds no more.
      long surplus = Math.max(0, stored.written() - Math.max(stored.fullAt(), 0));
      return stored.fullAt() == TokenBucket.FULL || stored.fullAt() > now
          ? super.carried(stored, now, rate)
          : now - Math.min(surplus, now - stored.fullAt());
    }

    @Override
    long afterRefund(long carried, long now, Rate rate, long cost) {
      return carried - Math.min(cost, rate.capacity()) * rate.nanosPerToken();
    }
  }

  /** Multiplies a refund without a check for overflow. */
  @RejectedBy({"b12_aRefundReturnsTokensUpToTheCapacity", "b12_aRefundToAFullBucketAddsNothing"})
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
      also = {"b9_equalRatesInOnePolicyHaveSeparateBuckets", "t7_decideAsyncDecidesOnce"})
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
