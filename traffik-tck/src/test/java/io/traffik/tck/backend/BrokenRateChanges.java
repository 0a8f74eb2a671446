package io.traffik.tck.backend;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.bucket.TokenBucket;
import io.traffik.spi.Margin;
import io.traffik.spi.QuotaPolicy;
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
        "b11_aLongerPeriodKeepsTheInstantAtWhichTheBucketIsFull",
        "b11_aShorterPeriodAppliesAtOnceAndAddsNothingToAnEmptyBucket",
        "b11_changesInBothDirectionsKeepTheMissingTokens",
        "b2_b11_aDenialMovesTheBucketToTheNewRate"
      },
      also = "b10_aRefilledBucketBehavesAsANewOne")
  static final class IgnoresChangedRates extends ReferenceBackend {
    private final Map<List<Object>, Rate> first = new HashMap<>();

    IgnoresChangedRates(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    long[] decideAt(long now, Operation operation, QuotaPolicy policy, Object key, long cost) {
      Rate[] rates = new Rate[policy.size()];
      for (int i = 0; i < rates.length; i++) {
        Rate rate = policy.rate(i);
        rates[i] = first.computeIfAbsent(List.of(key, i), place -> rate);
      }
      QuotaPolicy kept = QuotaPolicy.of(policy.uid(), List.of(rates));
      return super.decideAt(now, operation, kept, key, Math.min(cost, kept.capacity()));
    }
  }

  /** Deletes the bucket when its rate changes. */
  @RejectedBy({
    "b11_aLargerCapacityAddsItsTokensAtOnce",
    "b11_aLongerPeriodKeepsTheInstantAtWhichTheBucketIsFull",
    "b11_anAddedRateStartsFullAndLeavesTheOthersUnchanged",
    "b11_aRemovedRateNoLongerCountsAndLeavesTheOthersUnchanged",
    "b11_aShorterPeriodAppliesAtOnceAndAddsNothingToAnEmptyBucket",
    "b11_changesInBothDirectionsKeepTheMissingTokens",
    "b11_aSmallerCapacityCapsTheMissingTokens",
    "b2_b11_aDenialMovesTheBucketToTheNewRate",
    "b3_k1_aRateThatIsRemovedAndAddedAgainKeepsItsBucket"
  })
  static final class DeletesOnChange extends ReferenceBackend {
    private final Map<Object, List<Rate>> last = new HashMap<>();

    DeletesOnChange(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    long[] decideAt(long now, Operation operation, QuotaPolicy policy, Object key, long cost) {
      List<Rate> before = last.put(key, policy.rates());
      if (before != null && !before.equals(policy.rates())) {
        for (int i = 0; i < policy.size(); i++) {
          store.entries.remove(place(key, i));
        }
      }
      return super.decideAt(now, operation, policy, key, cost);
    }
  }

  /** Keeps the number of missing tokens instead of the instant at which the bucket is full. */
  @RejectedBy("b11_aLongerPeriodKeepsTheInstantAtWhichTheBucketIsFull")
  static final class KeepsTokensOnChange extends ReferenceBackend {
    private final Map<Object, Rate> last = new HashMap<>();

    KeepsTokensOnChange(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    long[] decideAt(long now, Operation operation, QuotaPolicy policy, Object key, long cost) {
      for (int i = 0; i < policy.size(); i++) {
        Rate before = last.put(place(key, i), policy.rate(i));
        long fullAt = stored(place(key, i), now);
        if (before != null && !before.equals(policy.rate(i)) && fullAt > now) {
          long tokens = (fullAt - now) / before.nanosPerToken();
          long missing = Math.min(tokens, policy.rate(i).capacity());
          store(place(key, i), now, now + missing * policy.rate(i).nanosPerToken());
        }
      }
      return super.decideAt(now, operation, policy, key, cost);
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
    long[] decideAt(long now, Operation operation, QuotaPolicy policy, Object key, long cost) {
      for (int i = 0; i < policy.size(); i++) {
        Object place = place(key, i);
        Rate rate = policy.rate(i);
        Rate before = last.put(place, rate);
        long fullAt = stored(place, now);
        if (before != null && !before.equals(rate) && fullAt != TokenBucket.FULL && fullAt < now) {
          store(place, now, now + Math.min(missing.getOrDefault(place, 0L), rate.fillNanos()));
        }
      }
      return super.decideAt(now, operation, policy, key, cost);
    }

    @Override
    void store(Object place, long now, long fullAt) {
      super.store(place, now, fullAt);
      missing.merge(place, fullAt - now, Math::max);
    }
  }

  /** Keeps a bucket of an earlier rate until a hit takes from it. */
  @RejectedBy(
      value = {
        "b11_aShorterPeriodAppliesAtOnceAndAddsNothingToAnEmptyBucket",
        "b11_aSmallerCapacityCapsTheMissingTokens",
        "b2_b11_aDenialMovesTheBucketToTheNewRate"
      },
      also = "b8_aStepBackChangesNoTokensAndDelaysRefillingByAtMostOneFill")
  static final class KeepsOldRatesUntilAHit extends ReferenceBackend {
    KeepsOldRatesUntilAHit(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    long[] decideAt(long now, Operation operation, QuotaPolicy policy, Object key, long cost) {
      Map<Object, Entry> before = new HashMap<>(store.entries);
      long[] margins = super.decideAt(now, operation, policy, key, cost);
      if (operation != Operation.REFUND && !Margin.areGranted(margins)) {
        store.entries.clear();
        store.entries.putAll(before);
      }
      return margins;
    }
  }

  /** Deletes the buckets of rates that the policy no longer has. */
  @RejectedBy("b3_k1_aRateThatIsRemovedAndAddedAgainKeepsItsBucket")
  static final class DropsRemovedRates extends ReferenceBackend {
    DropsRemovedRates(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    long[] decideAt(long now, Operation operation, QuotaPolicy policy, Object key, long cost) {
      for (int i = policy.size(); store.entries.containsKey(place(key, i)); i++) {
        store.entries.remove(place(key, i));
      }
      return super.decideAt(now, operation, policy, key, cost);
    }
  }
}
