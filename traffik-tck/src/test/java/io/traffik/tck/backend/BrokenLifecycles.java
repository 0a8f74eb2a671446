package io.traffik.tck.backend;

import io.traffik.spi.BackendCall;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;

/** Backends with errors in opening, closing or asynchronous calls. */
final class BrokenLifecycles {

  private BrokenLifecycles() {}

  /** Resets its buckets when it is opened. */
  @RejectedBy(
      value = "l1_aBackendIsReadyWhenBuiltAndOpeningItChangesNothing",
      also = "l4_leavingTheApplicationsScopeResetsUnlessPersistentAndCloses",
      byHistories = false)
  static final class OpeningResets extends ReferenceBackend {
    OpeningResets(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    public void open() {
      reset();
    }
  }

  /** Works after it was closed. */
  @RejectedBy(
      value = {
        "l3_t7_asynchronousUseAfterCloseFailsTheStageAndThrowsNothing",
        "l3_useAfterCloseThrowsBackendClosedException"
      },
      also = "l4_leavingTheApplicationsScopeResetsUnlessPersistentAndCloses",
      byHistories = false)
  static final class UsableAfterClose extends ReferenceBackend {
    UsableAfterClose(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    void requireOpen() {}
  }

  /** Takes its own close for a failure of the store, which a failure policy would decide. */
  @RejectedBy(
      value = {
        "l3_t7_asynchronousUseAfterCloseFailsTheStageAndThrowsNothing",
        "l3_useAfterCloseThrowsBackendClosedException"
      },
      also = {
        "l3_closingDuringHitsCausesOnlyTheDocumentedExceptions",
        "l4_leavingTheApplicationsScopeResetsUnlessPersistentAndCloses"
      },
      byHistories = false)
  static final class ClosedByAnyException extends ReferenceBackend {
    ClosedByAnyException(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    void requireOpen() {
      if (closed) {
        throw new IllegalStateException("closed");
      }
    }
  }

  /** Throws if it is closed twice. */
  @RejectedBy(value = "l3_closingTwiceIsAllowed", byHistories = false)
  static final class ClosesOnce extends ReferenceBackend {
    ClosesOnce(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    public void close() {
      requireOpen();
      super.close();
    }
  }

  /** Closes the store that other backends share. */
  @RejectedBy(value = "l3_closingOneBackendLeavesTheOthersOpen", byHistories = false)
  static final class ClosesTheStore extends ReferenceBackend {
    ClosesTheStore(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    public void close() {
      super.close();
      store.lock();
      store.entries.clear();
      store.unlock();
    }
  }

  /** Throws instead of failing the stage. */
  @RejectedBy(
      value = "l3_t7_asynchronousUseAfterCloseFailsTheStageAndThrowsNothing",
      also = {
        "b15_t7_aStalledStoreDoesNotBlockTheCallerOfABatch",
        "t7_aStalledStoreDoesNotBlockTheCaller"
      },
      byHistories = false)
  static final class ThrowsInAsync extends ReferenceBackend {
    ThrowsInAsync(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    public CompletionStage<long[]> decideAsync(BackendCall call) {
      return CompletableFuture.completedFuture(decide(call));
    }
  }

  /** Decides on another thread, and waits for it. */
  @RejectedBy(
      value = {"t7_aStalledStoreDoesNotBlockTheCaller", "t7_decideAsyncDoesNotBlockTheCaller"},
      also = "b15_t7_aStalledStoreDoesNotBlockTheCallerOfABatch",
      byHistories = false)
  static final class WaitsInAsync extends ReferenceBackend {
    WaitsInAsync(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    public CompletionStage<long[]> decideAsync(BackendCall call) {
      CompletionStage<long[]> stage = super.decideAsync(call);
      CompletableFuture<long[]> result =
          stage
              .whenCompleteAsync((margins, failure) -> LockSupport.parkNanos(1))
              .toCompletableFuture();
      result.exceptionally(failure -> new long[0]).join();
      return result;
    }
  }

  /** Decides on the caller's thread, which the store can block. */
  @RejectedBy(
      value = "t7_aStalledStoreDoesNotBlockTheCaller",
      also = "b15_t7_aStalledStoreDoesNotBlockTheCallerOfABatch",
      byHistories = false)
  static final class BlocksInAsync extends ReferenceBackend {
    BlocksInAsync(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    public CompletionStage<long[]> decideAsync(BackendCall call) {
      try {
        return CompletableFuture.completedFuture(decide(call));
      } catch (RuntimeException e) {
        return CompletableFuture.failedFuture(e);
      }
    }
  }

  /** Decides twice per asynchronous call. */
  @RejectedBy(
      value = {
        "b3_t7_concurrentAsynchronousHitsGetExactlyTheCapacity",
        "t7_decideAsyncDecidesOnce"
      },
      also = {
        "b15_noHitsHaveNoAnswersAndOneHitIsDecidedAlone",
        "b15_b2_aDeniedHitTakesNothingFromTheOthersInAnyOrder",
        "b15_b3_concurrentHitsOnSeveralKeysAddUp",
        "b15_hitsOnOneBucketNeedTheTokensOfAll",
        "b12_aPeekPredictsTheHitAndTakesNothing",
        "b12_aRefundReturnsTokensUpToTheCapacity",
        "b13_cancellingTheLastReservationReturnsItsTokens",
        "b14_aSettlementTakesTokensThatAreNotThere",
        "b2_aHitTakesItsCost",
        "b2_b13_aHitIsGrantedIfItsTokensAreThereWithinItsPatience",
        "b3_eachOfManyKeysIsGrantedExactlyItsCapacity",
        "b9_aHitThatOneRateDeniesTakesFromNone",
        "b9_marginsAreInTheOrderOfThePolicysRates"
      })
  static final class DecidesTwiceInAsync extends ReferenceBackend {
    DecidesTwiceInAsync(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    public CompletionStage<long[]> decideAsync(BackendCall call) {
      return super.decideAsync(call).thenCompose(first -> super.decideAsync(call));
    }
  }
}
