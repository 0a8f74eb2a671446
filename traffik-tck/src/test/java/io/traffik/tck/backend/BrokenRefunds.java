package io.traffik.tck.backend;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.bucket.TokenBucket;
import io.traffik.spi.QuotaPolicy;

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
    long stored(Object place, long now) {
      long fullAt = super.stored(place, now);
      Entry entry = store.entries.get(place);
      // Keeps tokens above the capacity, but adds no more.
      return entry == null
          ? fullAt
          : Math.max(fullAt, now - Math.max(0, entry.written() - entry.fullAt()));
    }

    @Override
    long carried(long fullAt, long now, Rate rate) {
      return fullAt == TokenBucket.FULL ? now : Math.min(fullAt, now + rate.fillNanos());
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
      long refunded = Math.max(now, carried - cost * rate.nanosPerToken());
      return Math.min(refunded, now + rate.fillNanos());
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
    long[] decideAt(long now, Operation operation, QuotaPolicy policy, Object key, long cost) {
      if (operation != Operation.REFUND) {
        return super.decideAt(now, operation, policy, key, cost);
      }
      QuotaPolicy first = QuotaPolicy.of(policy.uid(), policy.rates().subList(0, 1));
      super.decideAt(now, operation, first, key, cost);
      return super.decideAt(now, Operation.PEEK, policy, key, 0);
    }
  }
}
