package io.traffik.examples;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.spi.ForwardingBackend;
import io.traffik.spi.QuotaPolicy;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;

/** Counts how often another backend is asked. */
final class CountingBackend extends ForwardingBackend {

  private final LongAdder asked = new LongAdder();

  CountingBackend(Backend delegate) {
    super(delegate);
  }

  long asked() {
    return asked.sum();
  }

  @Override
  public long[] decide(
      Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
    asked.increment();
    return delegate().decide(operation, policy, identity, scope, cost);
  }

  @Override
  public CompletionStage<long[]> decideAsync(
      Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
    asked.increment();
    return delegate().decideAsync(operation, policy, identity, scope, cost);
  }
}
