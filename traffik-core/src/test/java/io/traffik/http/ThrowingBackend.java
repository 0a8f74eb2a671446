package io.traffik.http;

import io.traffik.Backend;
import io.traffik.spi.BackendCall;
import io.traffik.spi.ForwardingBackend;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A backend whose calls all fail with one exception. */
final class ThrowingBackend extends ForwardingBackend {

  private final RuntimeException failure;

  ThrowingBackend(Backend delegate, RuntimeException failure) {
    super(delegate);
    this.failure = failure;
  }

  @Override
  public long[] decide(BackendCall call) {
    throw failure;
  }

  @Override
  public CompletionStage<long[]> decideAsync(BackendCall call) {
    return CompletableFuture.failedFuture(failure);
  }
}
