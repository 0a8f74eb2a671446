package io.traffik.store;

import io.traffik.BackendException;
import io.traffik.spi.BackendCall;
import io.traffik.spi.KeyEncoder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Calls that are decided together. The calls on one key share one update of the store, in order.
 */
final class CallsByKey {

  private final List<PendingDecision> inOrder = new ArrayList<>();
  private final Map<String, List<PendingDecision>> byKey = new LinkedHashMap<>();

  CallsByKey(List<BackendCall> calls, KeyEncoder keys) {
    for (BackendCall call : calls) {
      PendingDecision decision = new PendingDecision(call);
      inOrder.add(decision);
      String key = keys.encode(call.policy().uid(), call.identity(), call.scope());
      byKey.computeIfAbsent(key, absent -> new ArrayList<>()).add(decision);
    }
  }

  /** Decides on the calling thread, one key after another, until a key fails. */
  List<long[]> decide(Combiner combiner) {
    byKey.forEach(
        (key, decisions) -> {
          combiner.submit(key, decisions);
          decisions.forEach(PendingDecision::join);
        });
    return answers();
  }

  /** Decides all keys at the same time. The stage completes when all of them are done. */
  CompletableFuture<List<long[]>> decideAsync(Combiner combiner) {
    byKey.forEach(combiner::submit);
    CompletableFuture<List<long[]>> result = new CompletableFuture<>();
    CompletionStage<?> all =
        CompletableFuture.allOf(
            inOrder.stream().map(PendingDecision::margins).toArray(CompletableFuture<?>[]::new));
    all.whenComplete(
        (nothing, thrown) -> {
          if (thrown == null) {
            result.complete(answers());
          } else {
            result.completeExceptionally(BackendException.unwrap(thrown));
          }
        });
    return result;
  }

  private List<long[]> answers() {
    return inOrder.stream().map(PendingDecision::join).toList();
  }
}
