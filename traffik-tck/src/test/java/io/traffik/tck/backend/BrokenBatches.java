package io.traffik.tck.backend;

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
}
