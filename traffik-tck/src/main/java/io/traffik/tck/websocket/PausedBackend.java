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
  private final List<Runnable> held = new ArrayList<>();

  PausedBackend(Backend decides) {
    super(decides);
  }

  int asked() {
    synchronized (held) {
      return held.size();
    }
  }

  /** Tells the decision that was asked for as the nth of those not told yet. */
  void tell(int nth) {
    Runnable next;
    synchronized (held) {
      next = held.remove(nth);
    }
    next.run();
  }

  void tellAll() {
    while (asked() > 0) {
      tell(0);
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
    synchronized (held) {
      held.add(() -> answer.complete(margins));
    }
    return answer;
  }
}
