package io.traffik.store;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Decisions on one key that a single update of the store makes, one after another. The thread that
 * adds the first decisions starts the update.
 */
final class Batch {

  private final List<PendingDecision> decisions;
  private final CompletableFuture<@Nullable Void> ready = new CompletableFuture<>();
  private @Nullable Batch next;

  /**
   * Whether an error ended the update before it began. Written without a call, for which there may
   * be no stack.
   */
  volatile boolean abandoned;

  /** Whether all decisions have an answer. */
  volatile boolean finished;

  Batch(List<PendingDecision> first) {
    decisions = new ArrayList<>(first);
  }

  /** Completes when the previous batch is done; after that, no decision joins this batch. */
  CompletableFuture<@Nullable Void> ready() {
    return ready;
  }

  /** The decisions in order of arrival. Read them only after {@link #ready()} has completed. */
  List<PendingDecision> decisions() {
    return decisions;
  }

  /**
   * Adds decisions to the batch after this one.
   *
   * @return that batch if the decisions are its first, otherwise null
   */
  @Nullable Batch enqueue(List<PendingDecision> added) {
    if (next == null) {
      next = new Batch(added);
      return next;
    }
    next.decisions.addAll(added);
    return null;
  }

  /** The batch after this one, or null if no decision has arrived since. */
  @Nullable Batch next() {
    return next;
  }

  /** The decisions that wait for this batch. */
  List<PendingDecision> waiting() {
    return next == null ? List.of() : next.decisions;
  }

  void complete(long[][] margins) {
    for (int i = 0; i < margins.length; i++) {
      decisions.get(i).margins().complete(margins[i]);
    }
  }

  void fail(Throwable failure) {
    for (PendingDecision decision : decisions) {
      decision.margins().completeExceptionally(failure);
    }
  }
}
