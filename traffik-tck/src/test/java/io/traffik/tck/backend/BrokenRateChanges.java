package io.traffik.tck.backend;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.bucket.TokenBucket;
import io.traffik.spi.BackendCall;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Backends with errors when rates change. */
final class BrokenRateChanges {

  private BrokenRateChanges() {}

  /** Keeps the first rate of a throttle. */
  @RejectedBy(
      value = {
        "b11_aLargerCapacityAddsItsTokensAtOnce",
        "b11_aLongerPeriodKeepsTheMissingTokens",
        "b11_aShorterPeriodAppliesAtOnceAndAddsNothingToAnEmptyBucket",
        "b11_aSmallerCapacityForgivesNoMissingTokens",
        "b11_changesInBothDirectionsKeepTheMissingTokens",
        "b2_b11_aDenialMovesTheBucketToTheNewRate",
        "b4_b11_aRaisedRateHelpsAWaitingClientAtOnce"
      },
      also = {
        "b10_aRefilledBucketBehavesAsANewOne",
        "b4_b11_aDebtTooLongForTheNewRateGoesOnRefillingAtTheOldOne",
        "b4_b11_aDenialEndsExactlyWhenItSaysWhicheverVersionWroteTheBucket",
        "b4_b11_repeatedDenialsOfAnotherVersionDoNotMoveTheirEnd"
      })
  static final class IgnoresChangedRates extends ReferenceBackend {
    private final Map<List<Object>, Rate> first = new HashMap<>();

    IgnoresChangedRates(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    long[] decideAt(long now, BackendCall call, Object key) {
      Rate[] rates = new Rate[call.policy().size()];
      for (int i = 0; i < rates.length; i++) {
        Rate rate = call.policy().rate(i);
        rates[i] = first.computeIfAbsent(List.of(key, i), place -> rate);
      }
      BackendCall kept = withRates(call, List.of(rates));
      long cost = call.operation() == Operation.HIT ? kept.policy().capacity() : Long.MAX_VALUE;
      return super.decideAt(
          now, kept.with(call.operation(), Math.min(cost, call.cost()), call.argument()), key);
    }
  }

  /** Deletes the bucket when its rate changes. */
  @RejectedBy(
      value = {
        "b11_aLargerCapacityAddsItsTokensAtOnce",
        "b11_aLongerPeriodKeepsTheMissingTokens",
        "b11_anAddedRateStartsFullAndLeavesTheOthersUnchanged",
        "b11_aRemovedRateNoLongerCountsAndLeavesTheOthersUnchanged",
        "b11_aShorterPeriodAppliesAtOnceAndAddsNothingToAnEmptyBucket",
        "b11_aSmallerCapacityForgivesNoMissingTokens",
        "b11_changesInBothDirectionsKeepTheMissingTokens",
        "b2_b11_aDenialMovesTheBucketToTheNewRate",
        "b3_b11_twoLiveVersionsGrantAtMostTheLargerCapacityAndTheFasterRefill",
        "b3_k1_aRateThatIsRemovedAndAddedAgainKeepsItsBucket"
      },
      also = {
        "b11_b12_callsThatTakeNothingLeaveTheSpeedUnchanged",
        "b4_b11_aDebtTooLongForTheNewRateGoesOnRefillingAtTheOldOne",
        "b4_b11_aDenialEndsExactlyWhenItSaysWhicheverVersionWroteTheBucket",
        "b4_b11_aRaisedRateHelpsAWaitingClientAtOnce",
        "b4_b11_repeatedDenialsOfAnotherVersionDoNotMoveTheirEnd"
      })
  static final class DeletesOnChange extends ReferenceBackend {
    private final Map<Object, List<Rate>> last = new HashMap<>();

    DeletesOnChange(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    long[] decideAt(long now, BackendCall call, Object key) {
      List<Rate> before = last.put(key, call.policy().rates());
      if (before != null && !before.equals(call.policy().rates())) {
        for (int i = 0; i < call.policy().size(); i++) {
          store.entries.remove(place(key, i));
        }
      }
      return super.decideAt(now, call, key);
    }
  }

  /** Forgets the speed: keeps the instant at which the bucket is full instead of the tokens. */
  @RejectedBy(
      value = {
        "b11_aLongerPeriodKeepsTheMissingTokens",
        "b4_b11_aRaisedRateHelpsAWaitingClientAtOnce"
      },
      also = {
        "b11_aShorterPeriodAppliesAtOnceAndAddsNothingToAnEmptyBucket",
        "b11_b12_callsThatTakeNothingLeaveTheSpeedUnchanged",
        "b2_b11_aDenialMovesTheBucketToTheNewRate",
        "b4_b11_aDenialEndsExactlyWhenItSaysWhicheverVersionWroteTheBucket",
        "b4_b11_repeatedDenialsOfAnotherVersionDoNotMoveTheirEnd"
      })
  static final class ForgetsTheSpeed extends ReferenceBackend {
    ForgetsTheSpeed(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    long carried(Entry stored, long now, Rate rate) {
      return TokenBucket.carried(stored.fullAt(), rate.nanosPerToken(), now, rate);
    }
  }

  /** Cuts the debt to the capacity of the rate that denies. */
  @RejectedBy(
      value = {
        "b11_aSmallerCapacityForgivesNoMissingTokens",
        "b3_b11_twoLiveVersionsGrantAtMostTheLargerCapacityAndTheFasterRefill"
      },
      also = {
        "b13_aLaterHitNeverPassesAReservation",
        "b4_b11_aDenialEndsExactlyWhenItSaysWhicheverVersionWroteTheBucket",
        "b4_b13_theWaitOfADenialEndsWhenThePatienceSuffices",
        "b4_b14_aBucketThatOwesDeniesUntilItHasRefilled",
        "b9_b13_aReservationTakesFromAllRatesAndWaitsForTheSlowest"
      })
  static final class CutsDebtsOnDenial extends ReferenceBackend {
    CutsDebtsOnDenial(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    long[] decideAt(long now, BackendCall call, Object key) {
      long[] margins = super.decideAt(now, call, key);
      for (int i = 0; i < call.policy().size() && !call.isGranted(margins); i++) {
        Rate rate = call.policy().rate(i);
        Entry stored = stored(place(key, i), now, rate);
        if (call.operation() == Operation.HIT && stored.interval() == rate.nanosPerToken()) {
          store(place(key, i), now, Math.min(stored.fullAt(), now + rate.fillNanos()), rate);
        }
      }
      return margins;
    }
  }

  /**
   * Leaves the speed as it was if it denies. The wait that it names then shrinks with each denial
   * by another version.
   */
  @RejectedBy(
      value = {
        "b2_b11_aDenialMovesTheBucketToTheNewRate",
        "b4_b11_aDenialEndsExactlyWhenItSaysWhicheverVersionWroteTheBucket",
        "b4_b11_repeatedDenialsOfAnotherVersionDoNotMoveTheirEnd"
      },
      also = {
        "b11_aLongerPeriodKeepsTheMissingTokens",
        "b11_aShorterPeriodAppliesAtOnceAndAddsNothingToAnEmptyBucket",
        "b4_b11_aRaisedRateHelpsAWaitingClientAtOnce"
      })
  static final class KeepsTheSpeedOnDenial extends ReferenceBackend {
    KeepsTheSpeedOnDenial(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    boolean isWritten(BackendCall call, boolean granted) {
      return granted && super.isWritten(call, granted);
    }
  }

  /** Writes the speed in a peek. */
  @RejectedBy("b11_b12_callsThatTakeNothingLeaveTheSpeedUnchanged")
  static final class WritesTheSpeedInPeeks extends ReferenceBackend {
    WritesTheSpeedInPeeks(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    long[] decideAt(long now, BackendCall call, Object key) {
      long[] margins = super.decideAt(now, call, key);
      for (int i = 0; i < call.policy().size() && call.operation() == Operation.PEEK; i++) {
        Rate rate = call.policy().rate(i);
        long carried = carried(stored(place(key, i), now, rate), now, rate);
        if (carried != TokenBucket.UNREPRESENTABLE) {
          store(place(key, i), now, carried, rate);
        }
      }
      return margins;
    }
  }

  /** Cuts a debt that the new rate cannot represent. */
  @RejectedBy("b4_b11_aDebtTooLongForTheNewRateGoesOnRefillingAtTheOldOne")
  static final class CutsLongDebts extends ReferenceBackend {
    CutsLongDebts(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    long carried(Entry stored, long now, Rate rate) {
      long carried = super.carried(stored, now, rate);
      return carried == TokenBucket.UNREPRESENTABLE ? now + rate.fillNanos() : carried;
    }
  }

  /** Restores the missing tokens of an earlier rate after the bucket had refilled. */
  @RejectedBy("b10_aRefilledBucketBehavesAsANewOne")
  static final class RemembersRefilled extends ReferenceBackend {
    private final Map<Object, Rate> last = new HashMap<>();
    private final Map<Object, Long> missing = new HashMap<>();

    RemembersRefilled(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    long[] decideAt(long now, BackendCall call, Object key) {
      for (int i = 0; i < call.policy().size(); i++) {
        Object place = place(key, i);
        Rate rate = call.policy().rate(i);
        Rate before = last.put(place, rate);
        long fullAt = stored(place, now, rate).fullAt();
        if (before != null && !before.equals(rate) && fullAt != TokenBucket.FULL && fullAt < now) {
          long restored = Math.min(missing.getOrDefault(place, 0L), rate.fillNanos());
          store(place, now, now + restored, rate);
        }
      }
      return super.decideAt(now, call, key);
    }

    @Override
    void store(Object place, long now, long fullAt, Rate rate) {
      super.store(place, now, fullAt, rate);
      missing.merge(place, fullAt - now, Math::max);
    }
  }

  /** Deletes the buckets of rates that the policy no longer has. */
  @RejectedBy("b3_k1_aRateThatIsRemovedAndAddedAgainKeepsItsBucket")
  static final class DropsRemovedRates extends ReferenceBackend {
    DropsRemovedRates(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    long[] decideAt(long now, BackendCall call, Object key) {
      for (int i = call.policy().size(); store.entries.containsKey(place(key, i)); i++) {
        store.entries.remove(place(key, i));
      }
      return super.decideAt(now, call, key);
    }
  }
}
