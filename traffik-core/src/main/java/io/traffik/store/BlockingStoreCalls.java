package io.traffik.store;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Calls a store on the calling thread: every returned stage is already complete. */
final class BlockingStoreCalls implements StoreCalls {

  private final CompareAndSetBackend store;
  private final StoreOpening opening;

  BlockingStoreCalls(CompareAndSetBackend store, StoreOpening opening) {
    this.store = store;
    this.opening = opening;
  }

  @Override
  public boolean areBlocking() {
    return true;
  }

  @Override
  public CompletionStage<@Nullable Void> awaitReady(CompletableFuture<@Nullable Void> ready) {
    ready.join();
    return ready;
  }

  @Override
  public CompletionStage<byte @Nullable []> read(String key) {
    return complete(
        () -> {
          opening.ensure();
          return store.read(key);
        });
  }

  @Override
  public CompletionStage<Boolean> compareAndSet(
      String key, byte @Nullable [] expected, byte[] update, Duration expiry) {
    return complete(() -> store.compareAndSet(key, expected, update, expiry));
  }

  @Override
  public CompletionStage<@Nullable Void> pause(long nanos) {
    LockSupport.parkNanos(nanos);
    return CompletableFuture.completedFuture(null);
  }

  private static <T> CompletionStage<T> complete(Callable<T> call) {
    try {
      return CompletableFuture.completedFuture(call.call());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return CompletableFuture.failedFuture(e);
    } catch (Throwable t) {
      return CompletableFuture.failedFuture(t);
    }
  }
}
