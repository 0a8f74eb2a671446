package io.traffik.websocket;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.BackendException;
import io.traffik.memory.InMemoryBackend;
import io.traffik.spi.QuotaPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Decides at once in memory, where time stands still, and tells when a test lets it. */
final class SlowBackend implements Backend {

  private static final class Held {
    private final CompletableFuture<long[]> answer = new CompletableFuture<>();
    private final long[] margins;

    Held(long[] margins) {
      this.margins = margins;
    }
  }

  private final InMemoryBackend memory = InMemoryBackend.builder("slow").clock(() -> 0).build();
  private final List<Held> held = new ArrayList<>();

  /** Lets the decision be heard that was asked for as the nth of those not heard yet. */
  void tell(int nth) {
    Held next = held.remove(nth);
    next.answer.complete(next.margins);
  }

  void tellAll() {
    while (!held.isEmpty()) {
      tell(0);
    }
  }

  void fail(int nth) {
    held.remove(nth).answer.completeExceptionally(new BackendException("out of reach"));
  }

  int asked() {
    return held.size();
  }

  @Override
  public String namespace() {
    return memory.namespace();
  }

  @Override
  public long[] decide(
      Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
    throw new AssertionError("must not be asked on a thread that would wait");
  }

  @Override
  public CompletionStage<long[]> decideAsync(
      Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
    Held next = new Held(memory.decide(operation, policy, identity, scope, cost));
    held.add(next);
    return next.answer;
  }

  @Override
  public void reset() {
    memory.reset();
  }

  @Override
  public void close() {
    memory.close();
  }
}
