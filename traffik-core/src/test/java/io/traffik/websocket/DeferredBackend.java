package io.traffik.websocket;

import io.traffik.Backend;
import io.traffik.BackendException;
import io.traffik.memory.InMemoryBackend;
import io.traffik.spi.BackendCall;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A backend on a stopped clock that decides immediately, and completes calls when a test asks. */
final class DeferredBackend implements Backend {

  private static final class PendingCall {
    private final CompletableFuture<long[]> answer = new CompletableFuture<>();
    private final long[] margins;

    PendingCall(long[] margins) {
      this.margins = margins;
    }
  }

  private final InMemoryBackend memory = InMemoryBackend.builder("deferred").clock(() -> 0).build();
  private final List<PendingCall> pending = new ArrayList<>();

  /** Completes one of the pending calls, by its index in the order of the calls. */
  void complete(int index) {
    PendingCall call = pending.remove(index);
    call.answer.complete(call.margins);
  }

  void completeAll() {
    while (!pending.isEmpty()) {
      complete(0);
    }
  }

  void fail(int index) {
    pending.remove(index).answer.completeExceptionally(new BackendException("connection refused"));
  }

  int pendingCalls() {
    return pending.size();
  }

  @Override
  public String namespace() {
    return memory.namespace();
  }

  @Override
  public long[] decide(BackendCall call) {
    throw new AssertionError("a blocking call must not happen");
  }

  @Override
  public CompletionStage<long[]> decideAsync(BackendCall call) {
    PendingCall deferred = new PendingCall(memory.decide(call));
    pending.add(deferred);
    return deferred.answer;
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
