package io.traffik.http;

import io.traffik.Backend;
import io.traffik.spi.BackendCall;
import io.traffik.spi.ForwardingBackend;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Adds each call of a backend to a list. */
final class RecordedBackend extends ForwardingBackend {

  private final List<BackendCall> calls;

  RecordedBackend(Backend delegate, List<BackendCall> calls) {
    super(delegate);
    this.calls = calls;
  }

  @Override
  public long[] decide(BackendCall call) {
    calls.add(call);
    return delegate().decide(call);
  }

  @Override
  public CompletionStage<long[]> decideAsync(BackendCall call) {
    throw new UnsupportedOperationException("not needed");
  }
}
