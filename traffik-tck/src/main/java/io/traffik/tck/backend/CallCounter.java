package io.traffik.tck.backend;

import io.traffik.Backend;
import io.traffik.spi.BackendCall;
import io.traffik.spi.ForwardingBackend;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the calls of a backend. */
final class CallCounter extends ForwardingBackend {

  private final AtomicInteger calls = new AtomicInteger();

  CallCounter(Backend delegate) {
    super(delegate);
  }

  int calls() {
    return calls.get();
  }

  @Override
  public long[] decide(BackendCall call) {
    calls.incrementAndGet();
    return delegate().decide(call);
  }

  @Override
  public CompletionStage<long[]> decideAsync(BackendCall call) {
    calls.incrementAndGet();
    return delegate().decideAsync(call);
  }
}
