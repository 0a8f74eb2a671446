package io.traffik.jmh;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.spi.QuotaPolicy;

/** A second class of backend, which makes the throttle's call to its backend polymorphic. */
record SecondBackendClass(Backend delegate) implements Backend {

  @Override
  public String namespace() {
    return delegate.namespace();
  }

  @Override
  public long[] decide(
      Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
    return delegate.decide(operation, policy, identity, scope, cost);
  }

  @Override
  public long decideSingle(
      Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
    return delegate.decideSingle(operation, policy, identity, scope, cost);
  }

  @Override
  public void decideInto(
      Operation operation,
      QuotaPolicy policy,
      String identity,
      String scope,
      long cost,
      long[] margins) {
    delegate.decideInto(operation, policy, identity, scope, cost, margins);
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
