package io.traffik.tck.websocket;

import io.traffik.Backend;
import io.traffik.BackendException;
import io.traffik.spi.BackendCall;
import io.traffik.spi.ForwardingBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A backend that decides at once, and completes each call when the test wants it, as if the network
 * were slow. Synchronous calls fail.
 */
final class PausedBackend extends ForwardingBackend {

  /** Completes one call each. Guarded by itself. */
  private final List<Runnable> paused = new ArrayList<>();

  PausedBackend(Backend decides) {
    super(decides);
  }

  int pendingCalls() {
    synchronized (paused) {
      return paused.size();
    }
  }

  /** Completes the nth of the pending calls. */
  void complete(int nth) {
    Runnable next;
    synchronized (paused) {
      next = paused.remove(nth);
    }
    next.run();
  }

  void completeAll() {
    while (pendingCalls() > 0) {
      complete(0);
    }
  }

  @Override
  public long[] decide(BackendCall call) {
    throw new BackendException("This backend must be called asynchronously");
  }

  @Override
  public CompletionStage<long[]> decideAsync(BackendCall call) {
    long[] margins = delegate().decide(call);
    CompletableFuture<long[]> result = new CompletableFuture<>();
    synchronized (paused) {
      paused.add(() -> result.complete(margins));
    }
    return result;
  }
}
