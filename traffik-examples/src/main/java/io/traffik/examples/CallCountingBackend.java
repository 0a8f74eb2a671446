package io.traffik.examples;

import io.traffik.Backend;
import io.traffik.spi.BackendCall;
import io.traffik.spi.ForwardingBackend;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;

/** Counts the calls to another backend. */
final class CallCountingBackend extends ForwardingBackend {

  private final LongAdder calls = new LongAdder();

  CallCountingBackend(Backend delegate) {
    super(delegate);
  }

  long calls() {
    return calls.sum();
  }

  @Override
  public long[] decide(BackendCall call) {
    calls.increment();
    return delegate().decide(call);
  }

  @Override
  public CompletionStage<long[]> decideAsync(BackendCall call) {
    calls.increment();
    return delegate().decideAsync(call);
  }
}
