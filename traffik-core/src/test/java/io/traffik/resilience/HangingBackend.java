package io.traffik.resilience;

import io.traffik.Backend;
import io.traffik.memory.InMemoryBackend;
import io.traffik.spi.BackendCall;
import io.traffik.spi.ForwardingBackend;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An in-memory backend whose calls wait while it hangs. */
final class HangingBackend extends ForwardingBackend {

  final AtomicInteger calls = new AtomicInteger();
  volatile @Nullable Throwable failure;
  private volatile CountDownLatch released = new CountDownLatch(0);

  HangingBackend() {
    super(InMemoryBackend.builder("hanging").clock(() -> 0).build());
  }

  void hang() {
    released = new CountDownLatch(1);
  }

  void release() {
    released.countDown();
  }

  Backend memory() {
    return delegate();
  }

  @Override
  public long[] decide(BackendCall call) {
    calls.incrementAndGet();
    awaitRelease();
    Throwable thrown = failure;
    if (thrown instanceof Error error) {
      throw error;
    }
    if (thrown instanceof RuntimeException exception) {
      throw exception;
    }
    return delegate().decide(call);
  }

  private void awaitRelease() {
    boolean interrupted = false;
    while (true) {
      try {
        released.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public CompletionStage<long[]> decideAsync(BackendCall call) {
    return released.getCount() > 0
        ? new CompletableFuture<>()
        : CompletableFuture.completedFuture(decide(call));
  }
}
