package io.traffik.javalin;

import io.traffik.Backend;
import io.traffik.Operation;
import io.traffik.QuotaPolicy;

/** Hands everything on; tests change one thing. */
class ForwardingBackend implements Backend {

  private final Backend delegate;

  ForwardingBackend(Backend delegate) {
    this.delegate = delegate;
  }

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
  public void reset() {
    delegate.reset();
  }

  @Override
  public void close() {
    delegate.close();
  }
}
