package io.traffik.store;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Questions about one key that one exchange with the store answers, each as if asked after the one
 * before it. The first brings them to the store.
 */
final class Batch {

  private final List<PendingDecision> questions = new ArrayList<>(1);
  private final CompletableFuture<@Nullable Void> turn = new CompletableFuture<>();
  private @Nullable Batch next;

  Batch(PendingDecision first) {
    questions.add(first);
  }

  /** Completes when the batch before this one is done; from then on no question joins. */
  CompletableFuture<@Nullable Void> turn() {
    return turn;
  }

  /** In the order in which they came. To be read when it is this batch's turn. */
  List<PendingDecision> questions() {
    return questions;
  }

  /**
   * Takes a question for the batch behind this one.
   *
   * @return that batch if this is its first question, else null
   */
  @Nullable Batch follow(PendingDecision question) {
    if (next == null) {
      next = new Batch(question);
      return next;
    }
    next.questions.add(question);
    return null;
  }

  /** The batch behind this one, if anybody has come meanwhile. */
  @Nullable Batch next() {
    return next;
  }

  void answer(long[][] margins) {
    for (int i = 0; i < margins.length; i++) {
      questions.get(i).answer().complete(margins[i]);
    }
  }

  void fail(Throwable failure) {
    for (PendingDecision question : questions) {
      question.answer().completeExceptionally(failure);
    }
  }
}
