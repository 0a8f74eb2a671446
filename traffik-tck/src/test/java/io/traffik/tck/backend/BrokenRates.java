package io.traffik.tck.backend;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.BackendCall;
import java.util.HashMap;
import java.util.List;
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
      also = {
        "b11_aRemovedRateNoLongerCountsAndLeavesTheOthersUnchanged",
        "b9_b13_aReservationTakesFromAllRatesAndWaitsForTheSlowest"
      })
  static final class DecidesOneByOne extends ReferenceBackend {
    DecidesOneByOne(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    long[] decideAt(long now, BackendCall call, Object key) {
      int size = call.policy().size();
      long[] answer = new long[size + (call.operation() == Operation.SETTLE ? 1 : 0)];
      BackendCall next = call;
      for (int i = 0; i < size; i++) {
        BackendCall single = withRates(next, call.policy().rates().subList(i, i + 1));
        long[] answered = super.decideAt(now, single, Map.entry(key, i));
        answer[i] = answered[0];
        if (call.operation() == Operation.HIT && !single.isGranted(answered)) {
          next = call.with(Operation.PEEK, call.cost(), call.argument());
        } else if (call.operation() == Operation.SETTLE) {
          answer[size] = Math.max(answer[size], answered[1]);
        }
      }
      return answer;
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
        "b14_concurrentSettlementsAddUp",
        "b3_b12_concurrentHitsAndRefundsAddUp",
        "b3_t7_concurrentAsynchronousHitsGetExactlyTheCapacity",
        "b6_b14_aCostOfZeroIsGrantedByABucketThatOwes",
        "b9_b13_aReservationTakesFromAllRatesAndWaitsForTheSlowest",
        "b9_b14_theLargestNumberOfUnpaidTokensIsReported",
        "k4_backendsOfOneNamespaceShareBucketsIfDeclared",
        "t7_decideAsyncDecidesOnce"
      })
  static final class ReversesMargins extends ReferenceBackend {
    ReversesMargins(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    long[] decideAt(long now, BackendCall call, Object key) {
      long[] margins = super.decideAt(now, call, key);
      long[] turned = margins.clone();
      for (int i = 0; i < call.policy().size(); i++) {
        turned[i] = margins[call.policy().size() - 1 - i];
      }
      return turned;
    }
  }

  /** Returns the same margin for every rate. */
  @RejectedBy(
      value = "b9_eachMarginIsThatOfItsRateAlone",
      also = "b9_b13_aReservationTakesFromAllRatesAndWaitsForTheSlowest")
  static final class ReturnsOneMarginForAllRates extends ReferenceBackend {
    ReturnsOneMarginForAllRates(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    long[] decideAt(long now, BackendCall call, Object key) {
      long[] margins = super.decideAt(now, call, key);
      if (call.operation() == Operation.HIT && !call.isGranted(margins)) {
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
        "b15_b2_aClientAtItsLimitNeverTakesTokensFromASharedBucket",
        "b15_b3_concurrentHitsOnSeveralKeysAddUp",
        "b15_hitsOnOneBucketNeedTheTokensOfAll",
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
    long[] decideAt(long now, BackendCall call, Object key) {
      long[] margins = super.decideAt(now, call, key);
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
  @RejectedBy(
      value = "b9_equalRatesInOnePolicyHaveSeparateBuckets",
      also = "b3_noDecisionUsesAStaleClockReading")
  static final class ChargesEqualRatesTwice extends ReferenceBackend {
    ChargesEqualRatesTwice(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    long[] decideAt(long now, BackendCall call, Object key) {
      long[] margins = super.decideAt(now, call, key);
      List<Rate> rates = call.policy().rates();
      boolean taken = call.operation() == Operation.HIT && call.isGranted(margins);
      for (int i = 1; i < rates.size() && taken; i++) {
        if (rates.indexOf(rates.get(i)) < i && call.cost() > 0) {
          long fullAt = stored(place(key, i), now, rates.get(i)).fullAt();
          store(place(key, i), now, afterHit(fullAt, now, rates.get(i), call.cost()), rates.get(i));
        }
      }
      return margins;
    }
  }
}
