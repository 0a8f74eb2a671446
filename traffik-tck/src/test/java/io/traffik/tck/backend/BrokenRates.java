package io.traffik.tck.backend;

import io.traffik.Backend.Operation;
import io.traffik.spi.Margin;
import io.traffik.spi.QuotaPolicy;
import java.util.HashMap;
import java.util.Map;

/** Backends with errors in policies of several rates. */
final class BrokenRates {

  private BrokenRates() {}

  /** Decides rate by rate, and takes from those before the one that denies. */
  @RejectedBy(
      value = {
        "b3_b9_concurrentHitsGetTheSmallestCapacityOfSeveralRates",
        "b9_aHitThatOneRateDeniesTakesFromNone",
        "b9_eachMarginIsThatOfItsRateAlone"
      },
      also = "b11_aRemovedRateNoLongerCountsAndLeavesTheOthersUnchanged")
  static final class DecidesOneByOne extends ReferenceBackend {
    DecidesOneByOne(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    long[] decideAt(long now, Operation operation, QuotaPolicy policy, Object key, long cost) {
      long[] margins = new long[policy.size()];
      Operation next = operation;
      for (int i = 0; i < margins.length; i++) {
        QuotaPolicy single = QuotaPolicy.of(policy.uid(), policy.rates().subList(i, i + 1));
        margins[i] = super.decideAt(now, next, single, Map.entry(key, i), cost)[0];
        next = margins[i] < 0 && operation == Operation.HIT ? Operation.PEEK : next;
      }
      return margins;
    }
  }

  /** Returns the margins in reverse order. */
  @RejectedBy(
      value = {
        "b3_b9_concurrentHitsGetTheSmallestCapacityOfSeveralRates",
        "b9_aHitThatOneRateDeniesTakesFromNone",
        "b9_eachMarginIsThatOfItsRateAlone",
        "b9_theCallerOwnsTheMargins",
        "b9_marginsAreInTheOrderOfThePolicysRates"
      },
      also = {
        "b12_aRefundReturnsTokensToEveryRate",
        "b3_b12_concurrentHitsAndRefundsAddUp",
        "b3_t7_concurrentAsynchronousHitsGetExactlyTheCapacity",
        "k4_backendsOfOneNamespaceShareBucketsIfDeclared",
        "t7_decideAsyncDecidesOnce"
      })
  static final class ReversesMargins extends ReferenceBackend {
    ReversesMargins(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    long[] decideAt(long now, Operation operation, QuotaPolicy policy, Object key, long cost) {
      long[] margins = super.decideAt(now, operation, policy, key, cost);
      long[] turned = new long[margins.length];
      for (int i = 0; i < margins.length; i++) {
        turned[i] = margins[margins.length - 1 - i];
      }
      return turned;
    }
  }

  /** Returns the same margin for every rate. */
  @RejectedBy("b9_eachMarginIsThatOfItsRateAlone")
  static final class ReturnsOneMarginForAllRates extends ReferenceBackend {
    ReturnsOneMarginForAllRates(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    long[] decideAt(long now, Operation operation, QuotaPolicy policy, Object key, long cost) {
      long[] margins = super.decideAt(now, operation, policy, key, cost);
      if (operation == Operation.HIT && !Margin.areGranted(margins)) {
        for (int i = 0; i < margins.length; i++) {
          margins[i] = Math.min(margins[i], -1);
        }
      }
      return margins;
    }
  }

  /** Returns the same array from all calls. */
  @RejectedBy(
      value = "b9_theCallerOwnsTheMargins",
      sometimes = {
        "b3_eachOfManyKeysIsGrantedExactlyItsCapacity",
        "b3_t7_concurrentAsynchronousHitsGetExactlyTheCapacity"
      },
      byHistories = false)
  static final class ReusesMargins extends ReferenceBackend {
    private final Map<Integer, ThreadLocal<long[]>> results = new HashMap<>();

    ReusesMargins(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    long[] decideAt(long now, Operation operation, QuotaPolicy policy, Object key, long cost) {
      long[] margins = super.decideAt(now, operation, policy, key, cost);
      long[] result =
          results
              .computeIfAbsent(
                  margins.length, size -> ThreadLocal.withInitial(() -> new long[size]))
              .get();
      System.arraycopy(margins, 0, result, 0, margins.length);
      return result;
    }
  }

  /** Takes from a rate again if an equal rate comes before it in the policy. */
  @RejectedBy("b9_equalRatesInOnePolicyHaveSeparateBuckets")
  static final class ChargesEqualRatesTwice extends ReferenceBackend {
    ChargesEqualRatesTwice(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    long[] decideAt(long now, Operation operation, QuotaPolicy policy, Object key, long cost) {
      long[] margins = super.decideAt(now, operation, policy, key, cost);
      boolean taken = operation == Operation.HIT && Margin.areGranted(margins);
      for (int i = 1; i < margins.length && taken; i++) {
        if (policy.rates().indexOf(policy.rate(i)) < i) {
          long fullAt = stored(place(key, i), now);
          store(place(key, i), now, afterHit(fullAt, now, policy.rate(i), cost));
        }
      }
      return margins;
    }
  }
}
