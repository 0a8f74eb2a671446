package io.traffik.examples;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.spi.ForwardingBackend;
import io.traffik.spi.QuotaPolicy;
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
  public long[] decide(
      Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
    calls.increment();
    return delegate().decide(operation, policy, identity, scope, cost);
  }

  @Override
  public CompletionStage<long[]> decideAsync(
      Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
    calls.increment();
    return delegate().decideAsync(operation, policy, identity, scope, cost);
  }
}
