package io.traffik;

import io.traffik.spi.BackendCall;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Charges of one throttle for several views, which one call of their backend decides in order. */
final class ChargeBatch {

  private record Entry(
      PendingOperation hit, BoundCall call, CompletableFuture<List<Charge>> result) {

    void complete(long @Nullable [] answer, @Nullable Throwable thrown) {
      try {
        hit.complete(call, answer, thrown);
        hit.report(true);
        result.complete(List.of(hit.charge(0)));
      } catch (Throwable t) {
        result.completeExceptionally(t);
      }
    }
  }

  private final IdentityHashMap<Backend, List<Entry>> byBackend = new IdentityHashMap<>();

  private ChargeBatch() {}

  /** Evaluates all views on the caller's thread, then calls the backend. */
  static List<CompletionStage<List<Charge>>> start(
      Throttle throttle, List<? extends ConnectionView> views) {
    ChargeBatch batch = new ChargeBatch();
    List<CompletionStage<List<Charge>>> results = new ArrayList<>(views.size());
    for (ConnectionView view : views) {
      results.add(batch.evaluate(throttle, view));
    }
    batch.byBackend.forEach(ChargeBatch::execute);
    return results;
  }

  private CompletionStage<List<Charge>> evaluate(Throttle throttle, ConnectionView view) {
    try {
      PendingOperation hit = PendingOperation.hit(throttle, view);
      BoundCall call = hit.call();
      if (call == null) {
        hit.report(true);
        return CompletableFuture.completedFuture(List.of(hit.charge(0)));
      }
      Entry entry = new Entry(hit, call, new CompletableFuture<>());
      byBackend.computeIfAbsent(call.backend(), backend -> new ArrayList<>()).add(entry);
      return entry.result();
    } catch (Throwable t) {
      return CompletableFuture.failedFuture(t);
    }
  }

  private static void execute(Backend backend, List<Entry> entries) {
    try {
      List<BackendCall> calls = new ArrayList<>(entries.size());
      for (Entry entry : entries) {
        calls.add(entry.call().call());
      }
      CallMode.ASYNC
          .decideAll(backend, calls)
          .whenComplete(
              (answers, thrown) -> {
                for (int i = 0; i < entries.size(); i++) {
                  entries.get(i).complete(answers == null ? null : answers.get(i), thrown);
                }
              });
    } catch (Throwable t) {
      // An error of stack or memory. The other entries and the caller must not wait for ever.
      entries.forEach(entry -> entry.result().completeExceptionally(t));
    }
  }
}
