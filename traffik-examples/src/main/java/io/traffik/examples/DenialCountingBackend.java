package io.traffik.examples;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.spi.ForwardingBackend;
import io.traffik.spi.Margin;
import io.traffik.spi.QuotaPolicy;
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
  public long[] decide(
      Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
    return counted(operation, delegate().decide(operation, policy, identity, scope, cost));
  }

  @Override
  public CompletionStage<long[]> decideAsync(
      Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
    return delegate()
        .decideAsync(operation, policy, identity, scope, cost)
        .thenApply(margins -> counted(operation, margins));
  }

  private long[] counted(Operation operation, long[] margins) {
    if (operation == Operation.HIT && !Margin.areGranted(margins)) {
      denials.increment();
    }
    return margins;
  }
}
