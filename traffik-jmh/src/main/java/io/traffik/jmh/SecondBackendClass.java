package io.traffik.jmh;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;

/** A second class of backend, which makes the throttle's call to its backend polymorphic. */
record SecondBackendClass(Backend delegate) implements Backend {

  @Override
  public String namespace() {
    return delegate.namespace();
  }

  @Override
  public long[] decide(BackendCall call) {
    return delegate.decide(call);
  }

  @Override
  public long decideSingle(
      Operation operation,
      QuotaPolicy policy,
      String identity,
      String scope,
      long cost,
      long argument) {
    return delegate.decideSingle(operation, policy, identity, scope, cost, 0);
  }

  @Override
  public void decideInto(
      Operation operation,
      QuotaPolicy policy,
      String identity,
      String scope,
      long cost,
      long argument,
      long[] margins) {
    delegate.decideInto(operation, policy, identity, scope, cost, 0, margins);
  }

  @Override
  public void reset() {
    delegate.reset();
  }

  @Override
  public void close() {
    delegate.close();
  }
}
