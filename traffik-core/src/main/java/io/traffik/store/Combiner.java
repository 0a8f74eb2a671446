package io.traffik.store;

import io.traffik.BackendException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Lets the questions about one key in this process go to the store in batches, one batch after the
 * other (flat combining: Hendler, Incze, Shavit and Tzafrir, 2010). While one is under way, those
 * that come make up the next. So this process never contends with itself, and a key that is hit
 * from many threads costs no more exchanges than one that is hit from two.
 */
final class Combiner {

  private final String namespace;
  private final StoreCalls calls;
  private final CompareAndSetLoop exchange;

  /** The batch under way for each key. */
  private final Map<String, Batch> underWay = new ConcurrentHashMap<>();

  Combiner(String namespace, StoreCalls calls, CompareAndSetLoop exchange) {
    this.namespace = namespace;
    this.calls = calls;
    this.exchange = exchange;
  }

  /** Asks a question; the answer fails with a {@link BackendException} or an {@link Error}. */
  CompletableFuture<long[]> ask(String key, PendingDecision question) {
    Batch led = enter(key, question);
    if (led != null) {
      calls
          .turn(led.turn())
          .thenCompose(turned -> exchange.decide(key, led.questions()))
          .whenComplete((margins, thrown) -> leave(key, led, margins, thrown));
    }
    return question.answer();
  }

  /** The batch that the question is the first of, else null. */
  private @Nullable Batch enter(String key, PendingDecision question) {
    Batch[] led = new Batch[1];
    underWay.compute(
        key,
        (k, current) -> {
          if (current == null) {
            led[0] = new Batch(question);
            led[0].turn().complete(null);
            return led[0];
          }
          led[0] = current.follow(question);
          return current;
        });
    return led[0];
  }

  private void leave(
      String key, Batch batch, long @Nullable [][] margins, @Nullable Throwable thrown) {
    Batch next = underWay.compute(key, (k, current) -> batch.next());
    if (next != null) {
      next.turn().complete(null);
    }
    if (margins != null) {
      batch.answer(margins);
    } else {
      batch.fail(failure(thrown));
    }
  }

  private Throwable failure(@Nullable Throwable thrown) {
    return thrown != null && BackendException.unwrap(thrown) instanceof Error error
        ? error
        : BackendException.of("the store of backend \"" + namespace + "\" failed", thrown);
  }
}
