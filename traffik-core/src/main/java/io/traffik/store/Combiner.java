package io.traffik.store;

import io.traffik.BackendException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Combines the decisions of this process on one key into batches, which update the store one after
 * another (flat combining: Hendler, Incze, Shavit and Tzafrir, 2010). Decisions that arrive during
 * an update form the next batch. So this process never contends with itself, and many threads on a
 * key cost no more updates than two threads.
 */
final class Combiner {

  private final String namespace;
  private final StoreCalls calls;
  private final CompareAndSetLoop loop;

  /** The batch in flight for each key. */
  private final Map<String, Batch> inFlight = new ConcurrentHashMap<>();

  Combiner(String namespace, StoreCalls calls, CompareAndSetLoop loop) {
    this.namespace = namespace;
    this.calls = calls;
    this.loop = loop;
  }

  /**
   * Submits decisions on a key, which one update of the store makes in order. Their futures fail
   * with a {@link BackendException} or an {@link Error}.
   */
  void submit(String key, List<PendingDecision> decisions) {
    Batch[] opened = new Batch[1];
    try {
      enqueue(key, decisions, opened);
      Batch batch = opened[0];
      if (batch != null) {
        calls
            .awaitReady(batch.ready())
            .thenCompose(ready -> loop.decide(key, batch.decisions()))
            .whenComplete((margins, thrown) -> finish(key, batch, margins, thrown));
        if (calls.areBlocking() && !batch.finished) {
          throw new IllegalStateException("an error ended the update without an answer");
        }
      }
    } catch (Throwable e) {
      // An error of stack or memory between these steps. The batch would keep its key for ever.
      Batch batch = opened[0];
      if (batch != null) {
        batch.abandoned = true;
        finish(key, batch, null, e);
      }
      throw e;
    }
  }

  /** Adds decisions to a batch, and passes the batch on if they are its first. */
  private void enqueue(String key, List<PendingDecision> decisions, @Nullable Batch[] opened) {
    Batch[] abandoned = new Batch[1];
    inFlight.compute(
        key,
        (k, current) -> {
          if (current != null && !current.abandoned) {
            opened[0] = current.enqueue(decisions);
            return current;
          }
          Batch batch = new Batch(current == null ? List.of() : current.waiting());
          batch.decisions().addAll(decisions);
          batch.ready().complete(null);
          abandoned[0] = current;
          opened[0] = batch;
          return batch;
        });
    if (abandoned[0] != null) {
      abandoned[0].fail(failure(null));
    }
  }

  private void finish(
      String key, Batch batch, long @Nullable [][] margins, @Nullable Throwable thrown) {
    inFlight.compute(key, (k, current) -> current == batch ? batch.next() : current);
    Batch next = batch.next();
    if (next != null) {
      next.ready().complete(null);
    }
    if (margins != null) {
      batch.complete(margins);
    } else {
      batch.fail(failure(thrown));
    }
    batch.finished = true;
  }

  private Throwable failure(@Nullable Throwable thrown) {
    return thrown != null && BackendException.unwrap(thrown) instanceof Error error
        ? error
        : BackendException.of(
            "The store of backend \"" + namespace + "\" failed",
            thrown != null ? thrown : new IllegalStateException("an update was abandoned"));
  }
}
