package io.traffik.tck.backend;

import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.BackendCall;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** Backends with races, or with errors when the clock steps back. */
final class BrokenClocks {

  private BrokenClocks() {}

  /** Reads and writes without a lock, so that two threads can take the same token. */
  @RejectedBy(
      value = {
        "b3_b9_concurrentHitsGetTheSmallestCapacityOfSeveralRates",
        "b3_concurrentHitsGetExactlyTheCapacity"
      },
      sometimes = {
        "b15_b3_concurrentHitsOnSeveralKeysAddUp",
        "b13_concurrentReservationsProceedOneAfterTheOther",
        "b14_concurrentSettlementsAddUp",
        "b3_b12_concurrentHitsAndRefundsAddUp",
        "b3_concurrentHitsGetExactlyTheRefilledTokens",
        "b3_eachOfManyKeysIsGrantedExactlyItsCapacity",
        "b3_noDecisionUsesAStaleClockReading",
        "b3_t7_concurrentAsynchronousHitsGetExactlyTheCapacity"
      },
      byHistories = false)
  static final class ChecksThenActs extends ReferenceBackend {
    ChecksThenActs(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    public long[] decide(BackendCall call) {
      requireOpen();
      Object key = key(call.policy(), call.identity(), call.scope());
      Map<Object, Entry> seen = new HashMap<>();
      store.lock();
      try {
        for (int i = 0; i < call.policy().size(); i++) {
          seen.put(place(key, i), store.entries.get(place(key, i)));
        }
      } finally {
        store.unlock();
      }
      long now = now();
      store.lock();
      try {
        seen.forEach(
            (place, entry) -> {
              if (entry == null) {
                store.entries.remove(place);
              } else {
                store.entries.put(place, entry);
              }
            });
        return decideAt(now, call, key);
      } finally {
        store.unlock();
      }
    }
  }

  /** Checks the tokens before it has the lock; others may have taken them meanwhile. */
  @RejectedBy(
      value = {
        "b3_b9_concurrentHitsGetTheSmallestCapacityOfSeveralRates",
        "b3_concurrentHitsGetExactlyTheCapacity"
      },
      sometimes = {
        "b15_b3_concurrentHitsOnSeveralKeysAddUp",
        "b3_b12_concurrentHitsAndRefundsAddUp",
        "b3_concurrentHitsGetExactlyTheRefilledTokens",
        "b3_eachOfManyKeysIsGrantedExactlyItsCapacity",
        "b3_noDecisionUsesAStaleClockReading",
        "b3_t7_concurrentAsynchronousHitsGetExactlyTheCapacity"
      },
      byHistories = false)
  static final class ChecksTooEarly extends ReferenceBackend {
    ChecksTooEarly(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    public long[] decide(BackendCall call) {
      boolean granted =
          call.operation() == Operation.HIT
              && call.isGranted(
                  super.decide(call.with(Operation.PEEK, call.cost(), call.argument())));
      // Delays the call, as a network does.
      LockSupport.parkNanos(1);
      long[] margins = super.decide(call);
      return granted && !call.isGranted(margins) ? new long[margins.length] : margins;
    }
  }

  /** Reads the clock before it has the lock. */
  @RejectedBy(
      value = "b3_noDecisionUsesAStaleClockReading",
      sometimes = {
        "b15_b3_concurrentHitsOnSeveralKeysAddUp",
        "b3_b12_concurrentHitsAndRefundsAddUp",
        "b3_b9_concurrentHitsGetTheSmallestCapacityOfSeveralRates",
        "b3_concurrentHitsGetExactlyTheCapacity",
        "b3_concurrentHitsGetExactlyTheRefilledTokens",
        "b3_eachOfManyKeysIsGrantedExactlyItsCapacity",
        "b3_t7_concurrentAsynchronousHitsGetExactlyTheCapacity"
      },
      byHistories = false,
      inRealTime = false)
  static final class ReadsClockFirst extends ReferenceBackend {
    ReadsClockFirst(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    public long[] decide(BackendCall call) {
      requireOpen();
      long now = now();
      store.lock();
      try {
        return decideAt(now, call, key(call.policy(), call.identity(), call.scope()));
      } finally {
        store.unlock();
      }
    }
  }

  /** Ignores that the clock stepped back, so tokens are missing. */
  @RejectedBy(
      value = "b8_aStepBackChangesNoTokensAndDelaysRefillingByAtMostOneFill",
      byHistories = false,
      inRealTime = false)
  static final class TakesTokensOnStepsBack extends ReferenceBackend {
    TakesTokensOnStepsBack(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    Entry stored(Object place, long now, Rate rate) {
      Entry entry = store.entries.get(place);
      return entry == null ? super.stored(place, now, rate) : entry;
    }
  }

  /** Treats a step back as elapsed time. */
  @RejectedBy(
      value = "b8_aStepBackChangesNoTokensAndDelaysRefillingByAtMostOneFill",
      byHistories = false,
      inRealTime = false)
  static final class AddsTokensOnStepsBack extends ReferenceBackend {
    AddsTokensOnStepsBack(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    Entry stored(Object place, long now, Rate rate) {
      Entry entry = store.entries.get(place);
      long back = entry == null ? 0 : Math.max(0, entry.written() - now);
      if (back > 0) {
        store.entries.put(
            place, new Entry(entry.written(), entry.fullAt() - back, entry.interval()));
      }
      return super.stored(place, now, rate);
    }
  }

  /** Stops refilling until the clock has caught up after a step back. */
  @RejectedBy(
      value = "b8_aStepBackChangesNoTokensAndDelaysRefillingByAtMostOneFill",
      byHistories = false,
      inRealTime = false)
  static final class StopsRefillingOnStepsBack extends ReferenceBackend {
    StopsRefillingOnStepsBack(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    Entry stored(Object place, long now, Rate rate) {
      Entry entry = store.entries.get(place);
      if (entry == null) {
        return super.stored(place, now, rate);
      }
      long back = Math.max(0, entry.written() - now);
      return new Entry(now, entry.fullAt() - back, entry.interval());
    }

    @Override
    void store(Object place, long now, long fullAt, Rate rate) {
      Entry entry = store.entries.get(place);
      long written = entry == null ? now : Math.max(now, entry.written());
      super.store(place, written, fullAt + (written - now), rate);
    }
  }
}
