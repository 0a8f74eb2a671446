package io.traffik.tck.backend;

import io.traffik.Backend.Operation;
import io.traffik.spi.QuotaPolicy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;

/** Specimens that go wrong in opening, closing or asynchronously. */
final class BrokenLifecycles {

  private BrokenLifecycles() {}

  /** Starts afresh when it is opened. */
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

  /** Goes on after it was closed. */
  @RejectedBy(
      value = {
        "l3_t7_asynchronousUseAfterCloseFailsTheStageAndThrowsNothing",
        "l3_useAfterCloseThrowsIllegalStateException"
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

  /** Cannot be closed twice. */
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

  /** Takes its siblings' store away when it is closed. */
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

  /** Throws where it should fail the stage. */
  @RejectedBy(
      value = "l3_t7_asynchronousUseAfterCloseFailsTheStageAndThrowsNothing",
      also = "t7_aStalledStoreDoesNotBlockTheCaller",
      byHistories = false)
  static final class ThrowsInAsync extends ReferenceBackend {
    ThrowsInAsync(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    public CompletionStage<long[]> decideAsync(
        Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
      return CompletableFuture.completedFuture(decide(operation, policy, identity, scope, cost));
    }
  }

  /** Has another thread decide, and waits for it. */
  @RejectedBy(
      value = {"t7_aStalledStoreDoesNotBlockTheCaller", "t7_decideAsyncDoesNotBlockTheCaller"},
      byHistories = false)
  static final class WaitsInAsync extends ReferenceBackend {
    WaitsInAsync(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    public CompletionStage<long[]> decideAsync(
        Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
      CompletionStage<long[]> stage = super.decideAsync(operation, policy, identity, scope, cost);
      CompletableFuture<long[]> answer =
          stage
              .whenCompleteAsync((margins, failure) -> LockSupport.parkNanos(1))
              .toCompletableFuture();
      answer.exceptionally(failure -> new long[0]).join();
      return answer;
    }
  }

  /** Decides on the caller's thread, which waits for the store. */
  @RejectedBy(value = "t7_aStalledStoreDoesNotBlockTheCaller", byHistories = false)
  static final class BlocksInAsync extends ReferenceBackend {
    BlocksInAsync(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    public CompletionStage<long[]> decideAsync(
        Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
      try {
        return CompletableFuture.completedFuture(decide(operation, policy, identity, scope, cost));
      } catch (RuntimeException e) {
        return CompletableFuture.failedFuture(e);
      }
    }
  }

  /** Asks once to see whether it can, and once more. */
  @RejectedBy(
      value = {
        "b3_t7_concurrentAsynchronousHitsGetExactlyTheCapacity",
        "t7_decideAsyncDecidesOnce"
      },
      also = {
        "b12_aPeekPredictsTheHitAndTakesNothing",
        "b12_aRefundReturnsTokensUpToTheCapacity",
        "b2_aHitTakesItsCost",
        "b3_eachOfManyKeysIsGrantedExactlyItsCapacity",
        "b9_aHitThatOneRateDeniesTakesFromNone",
        "b9_marginsAreInTheOrderOfThePolicysRates"
      })
  static final class DecidesTwiceInAsync extends ReferenceBackend {
    DecidesTwiceInAsync(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    public CompletionStage<long[]> decideAsync(
        Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
      return super.decideAsync(operation, policy, identity, scope, cost)
          .thenCompose(first -> super.decideAsync(operation, policy, identity, scope, cost));
    }
  }
}
