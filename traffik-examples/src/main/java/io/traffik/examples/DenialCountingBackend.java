package io.traffik.examples;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.spi.BackendCall;
import io.traffik.spi.ForwardingBackend;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;

/** Counts the hits that another backend denies. */
final class DenialCountingBackend extends ForwardingBackend {

  private final LongAdder denials;

  DenialCountingBackend(Backend delegate, LongAdder denials) {
    super(delegate);
    this.denials = denials;
  }

  @Override
  public long[] decide(BackendCall call) {
    return counted(call, delegate().decide(call));
  }

  @Override
  public CompletionStage<long[]> decideAsync(BackendCall call) {
    return delegate().decideAsync(call).thenApply(margins -> counted(call, margins));
  }

  private long[] counted(BackendCall call, long[] margins) {
    if (call.operation() == Operation.HIT && !call.isGranted(margins)) {
      denials.increment();
    }
    return margins;
  }
}
