package io.traffik.tck.websocket;

import io.traffik.Backend;
import io.traffik.spi.BackendCall;
import io.traffik.spi.ForwardingBackend;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * A backend that decides calls only after the test has resumed it, as if the network were slow.
 * Synchronous calls wait.
 */
final class PausedBackend extends ForwardingBackend {

  private final CompletableFuture<Boolean> resumed = new CompletableFuture<>();
  private final AtomicInteger calls = new AtomicInteger();

  PausedBackend(Backend decides) {
    super(decides);
  }

  /** The number of calls so far; a batch is one call. */
  int calls() {
    return calls.get();
  }

  /** Completes all calls, and from now on each call at once. */
  void resume() {
    resumed.complete(true);
  }

  private <T> CompletableFuture<T> afterPause(Supplier<T> decision) {
    calls.incrementAndGet();
    return resumed.thenApply(go -> decision.get());
  }

  @Override
  public long[] decide(BackendCall call) {
    return afterPause(() -> delegate().decide(call)).join();
  }

  @Override
  public CompletionStage<long[]> decideAsync(BackendCall call) {
    return afterPause(() -> delegate().decide(call));
  }

  @Override
  public List<long[]> decideAll(List<BackendCall> calls) {
    return afterPause(() -> delegate().decideAll(calls)).join();
  }

  @Override
  public CompletionStage<List<long[]>> decideAllAsync(List<BackendCall> calls) {
    return afterPause(() -> delegate().decideAll(calls));
  }
}
