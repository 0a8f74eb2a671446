package io.traffik.tck.backend;

import io.traffik.Backend.Operation;
import io.traffik.spi.BackendCall;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Backends that decide several calls at once wrongly. */
final class BrokenBatches {

  private BrokenBatches() {}

  /** Decides the last call first. */
  @RejectedBy(
      value = {
        "b15_randomBatchesOnOneKeyDecideAsSingleCallsInOrder",
        "b15_k1_randomBatchesOnSeveralKeysDecideAsSingleCallsInOrder"
      },
      byHistories = false)
  static final class DecidesBatchesOutOfOrder extends ReferenceBackend {
    DecidesBatchesOutOfOrder(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    public List<long[]> decideAll(List<BackendCall> calls) {
      List<BackendCall> turned = new ArrayList<>(calls);
      Collections.reverse(turned);
      List<long[]> answers = new ArrayList<>(super.decideAll(turned));
      Collections.reverse(answers);
      return answers;
    }
  }

  /** Answers the calls by key instead of in order. */
  @RejectedBy(
      value = "b15_k1_randomBatchesOnSeveralKeysDecideAsSingleCallsInOrder",
      byHistories = false)
  static final class AnswersBatchesByKey extends ReferenceBackend {
    AnswersBatchesByKey(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    public CompletionStage<List<long[]>> decideAllAsync(List<BackendCall> calls) {
      List<BackendCall> sorted = new ArrayList<>(calls);
      sorted.sort(Comparator.comparing(BackendCall::identity));
      return super.decideAllAsync(sorted);
    }
  }

  /** Decides hits all or nothing as a batch of hits, each alone. */
  @RejectedBy(
      value = {
        "b15_randomHitsAreAllChargedOrNone",
        "b15_b2_aDeniedHitTakesNothingFromTheOthersInAnyOrder",
        "b15_hitsOnOneBucketNeedTheTokensOfAll",
        "b15_onlyPlainHitsAreDecidedTogether",
        "b15_b2_aClientAtItsLimitNeverTakesTokensFromASharedBucket",
        "b15_b3_concurrentHitsOnSeveralKeysAddUp"
      },
      byHistories = false)
  static final class DecidesEachHitAlone extends ReferenceBackend {
    DecidesEachHitAlone(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    public List<long[]> decideTogether(List<BackendCall> hits) {
      return decideAll(hits);
    }
  }

  /** Decides hits all or nothing as a batch of hits, only if called asynchronously. */
  @RejectedBy(
      value = {
        "b15_randomHitsAreAllChargedOrNone",
        "b15_b2_aDeniedHitTakesNothingFromTheOthersInAnyOrder"
      },
      also = {
        "b15_hitsOnOneBucketNeedTheTokensOfAll",
        "b15_b2_aClientAtItsLimitNeverTakesTokensFromASharedBucket",
        "b15_b3_concurrentHitsOnSeveralKeysAddUp",
        "b15_onlyPlainHitsAreDecidedTogether"
      },
      byHistories = false)
  static final class DecidesEachHitAloneAsynchronously extends ReferenceBackend {
    DecidesEachHitAloneAsynchronously(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    public CompletionStage<List<long[]>> decideTogetherAsync(List<BackendCall> hits) {
      return decideAllAsync(hits);
    }
  }

  /** Charges one hit after the other, and refunds after a denial. */
  @RejectedBy(
      value = "b15_b2_aClientAtItsLimitNeverTakesTokensFromASharedBucket",
      sometimes = "b15_b3_concurrentHitsOnSeveralKeysAddUp",
      byHistories = false,
      inRealTime = false)
  static final class RefundsAfterADenial extends ReferenceBackend {
    RefundsAfterADenial(String namespace, SharedStore store) {
      super(namespace, store);
    }

    @Override
    public List<long[]> decideTogether(List<BackendCall> hits) {
      if (hits.stream().anyMatch(hit -> hit.operation() != Operation.HIT || hit.needsDebt())) {
        throw new IllegalArgumentException("only plain hits");
      }
      List<BackendCall> charged = new ArrayList<>();
      List<long[]> answers = new ArrayList<>();
      for (BackendCall hit : hits) {
        long[] answer = decide(hit);
        if (!hit.isGranted(answer)) {
          charged.forEach(each -> decide(each.with(Operation.REFUND, each.cost(), 0)));
          List<BackendCall> peeks =
              hits.stream().map(each -> each.with(Operation.PEEK, each.cost(), 0)).toList();
          answers = new ArrayList<>(decideAll(peeks));
          answers.set(charged.size(), answer);
          return answers;
        }
        charged.add(hit);
        answers.add(answer);
      }
      return answers;
    }
  }
}
