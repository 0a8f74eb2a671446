package io.traffik.javawebsocket;

import io.traffik.BackendException;
import io.traffik.memory.InMemoryBackend;
import io.traffik.spi.BackendCall;
import io.traffik.spi.ForwardingBackend;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** An in-memory backend whose store is out of reach while it is stopped. */
final class StoppedStoreBackend extends ForwardingBackend {

  volatile boolean stopped = true;
  volatile boolean closed;

  StoppedStoreBackend() {
    super(InMemoryBackend.builder("chat").clock(() -> 0).build());
  }

  private void requireStore() {
    if (stopped) {
      throw new BackendException("connection refused");
    }
  }

  @Override
  public void open() {
    requireStore();
    super.open();
  }

  @Override
  public long[] decide(BackendCall call) {
    requireStore();
    return delegate().decide(call);
  }

  @Override
  public CompletionStage<long[]> decideAsync(BackendCall call) {
    try {
      return CompletableFuture.completedFuture(decide(call));
    } catch (BackendException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public void close() {
    closed = true;
    super.close();
  }
}
