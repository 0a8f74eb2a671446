package io.traffik.tck.websocket;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.BackendException;
import io.traffik.spi.ForwardingBackend;
import io.traffik.spi.QuotaPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A backend that decides at once and tells when a test lets it, as one behind a slow network does.
 * Who asks it in a way that would wait gets a failure.
 */
final class PausedBackend extends ForwardingBackend {

  /** Lets one decision be heard. Guarded by itself. */
  private final List<Runnable> paused = new ArrayList<>();

  PausedBackend(Backend decides) {
    super(decides);
  }

  int pendingCalls() {
    synchronized (paused) {
      return paused.size();
    }
  }

  /** Tells the decision that was asked for as the nth of those not told yet. */
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
  public long[] decide(
      Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
    throw new BackendException("asked on a thread that would have to wait");
  }

  @Override
  public CompletionStage<long[]> decideAsync(
      Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
    long[] margins = delegate().decide(operation, policy, identity, scope, cost);
    CompletableFuture<long[]> answer = new CompletableFuture<>();
    synchronized (paused) {
      paused.add(() -> answer.complete(margins));
    }
    return answer;
  }
}
