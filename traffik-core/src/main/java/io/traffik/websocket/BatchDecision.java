package io.traffik.websocket;

import io.traffik.Charge;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Decides about the messages of a batch, which have the same throttles. */
final class BatchDecision {

  private BatchDecision() {}

  /** Returns a future that is complete when every entry is decided. It never fails to complete. */
  static CompletableFuture<?> decide(List<QueueEntry> batch) {
    try {
      return charge(batch);
    } catch (Throwable t) {
      // An error of stack or memory. The batch would stay claimed, and every later message wait.
      batch.forEach(entry -> entry.decideIfUndecided(t));
      return CompletableFuture.completedFuture(null);
    }
  }

  private static CompletableFuture<?> charge(List<QueueEntry> batch) {
    MessageHit first = batch.get(0).hit();
    if (batch.size() == 1) {
      return first
          .throttles()
          .chargeAsync(first.view())
          .whenComplete(batch.get(0)::decide)
          .toCompletableFuture();
    }
    List<CompletionStage<List<Charge>>> charges =
        first.throttles().chargeEachAsync(batch.stream().map(entry -> entry.hit().view()).toList());
    CompletableFuture<?>[] decisions = new CompletableFuture<?>[batch.size()];
    for (int i = 0; i < decisions.length; i++) {
      decisions[i] = charges.get(i).whenComplete(batch.get(i)::decide).toCompletableFuture();
    }
    return CompletableFuture.allOf(decisions);
  }
}
