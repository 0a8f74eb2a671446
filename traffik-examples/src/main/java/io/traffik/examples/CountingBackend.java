package io.traffik.examples;

import io.traffik.Backend;
import io.traffik.Identifier;
import io.traffik.Margin;
import io.traffik.Operation;
import io.traffik.QuotaPolicy;
import io.traffik.ThrottledHandler;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Counts the hits that another backend denies. */
record CountingBackend(Backend delegate, LongAdder denials) implements Backend {

  @Override
  public long[] decide(
      Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
    return counted(operation, delegate.decide(operation, policy, identity, scope, cost));
  }

  @Override
  public CompletionStage<long[]> decideAsync(
      Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
    return delegate
        .decideAsync(operation, policy, identity, scope, cost)
        .thenApply(margins -> counted(operation, margins));
  }

  private long[] counted(Operation operation, long[] margins) {
    if (operation == Operation.HIT && !Margin.areGranted(margins)) {
      denials.increment();
    }
    return margins;
  }

  @Override
  public String namespace() {
    return delegate.namespace();
  }

  @Override
  public void open() {
    delegate.open();
  }

  @Override
  public void reset() {
    delegate.reset();
  }

  @Override
  public CompletionStage<@Nullable Void> resetAsync() {
    return delegate.resetAsync();
  }

  @Override
  public void close() {
    delegate.close();
  }

  @Override
  public boolean persistent() {
    return delegate.persistent();
  }

  @Override
  public @Nullable Identifier identifier() {
    return delegate.identifier();
  }

  @Override
  public @Nullable ThrottledHandler throttledHandler() {
    return delegate.throttledHandler();
  }
}
