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
    Batch opened = enqueue(key, decisions);
    if (opened != null) {
      calls
          .awaitReady(opened.ready())
          .thenCompose(ready -> loop.decide(key, opened.decisions()))
          .whenComplete((margins, thrown) -> finish(key, opened, margins, thrown));
    }
  }

  /** Adds decisions to a batch, and returns the batch if they are its first. */
  private @Nullable Batch enqueue(String key, List<PendingDecision> decisions) {
    Batch[] opened = new Batch[1];
    inFlight.compute(
        key,
        (k, current) -> {
          if (current == null) {
            opened[0] = new Batch(decisions);
            opened[0].ready().complete(null);
            return opened[0];
          }
          opened[0] = current.enqueue(decisions);
          return current;
        });
    return opened[0];
  }

  private void finish(
      String key, Batch batch, long @Nullable [][] margins, @Nullable Throwable thrown) {
    Batch next = inFlight.compute(key, (k, current) -> batch.next());
    if (next != null) {
      next.ready().complete(null);
    }
    if (margins != null) {
      batch.complete(margins);
    } else {
      batch.fail(failure(thrown));
    }
  }

  private Throwable failure(@Nullable Throwable thrown) {
    return thrown != null && BackendException.unwrap(thrown) instanceof Error error
        ? error
        : BackendException.of("The store of backend \"" + namespace + "\" failed", thrown);
  }
}
