package io.traffik;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The last lease on a backend resets and closes it. */
final class BackendLeaseTest {

  private final MapBackend backend = new MapBackend();

  @Test
  void l4_theLastLeaseClosesTheBackendOnAnyThread() {
    BackendLease first = BackendLease.acquire(backend);
    BackendLease second = BackendLease.acquire(backend);
    first.close();
    first.close();
    assertThat(backend.calls).containsExactly("open", "open");
    CompletableFuture.runAsync(second::close).join();
    assertThat(backend.calls).containsExactly("open", "open", "reset", "close");
  }

  @Test
  void l4_anApplicationScopeDoesNotCloseALeasedBackend() {
    BackendLease server = BackendLease.acquire(backend);
    BackendScope.application(backend).close();
    assertThat(backend.calls).doesNotContain("reset", "close");
    server.close();
    assertThat(backend.calls).endsWith("reset", "close");
  }

  @Test
  void l4_aBackendThatFailsToOpenIsNotLeased() {
    MapBackend unreachable =
        new MapBackend() {
          @Override
          public void open() {
            super.open();
            if (failing) {
              throw new ConfigurationException("no server");
            }
          }
        };
    unreachable.failing = true;
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> BackendLease.acquire(unreachable));
    unreachable.failing = false;
    BackendLease.acquire(unreachable).close();
    assertThat(unreachable.calls).containsExactly("open", "open", "reset", "close");
  }

  @Test
  void l4_acquiringDuringTheLastCloseFindsAClosedBackend() throws Exception {
    ClosingBackend backend = new ClosingBackend();
    BackendLease.acquire(backend).close();
    backend.acquirer.join();
    assertThat(backend.thrown.get()).isInstanceOf(BackendClosedException.class);
    assertThatIllegalStateException().isThrownBy(() -> BackendLease.acquire(backend));
  }

  /** While it is reset, another thread tries to acquire a lease. */
  private static final class ClosingBackend extends MapBackend {

    private final AtomicReference<Throwable> thrown = new AtomicReference<>();
    private final Thread acquirer =
        new Thread(() -> thrown.set(catchThrowable(() -> BackendLease.acquire(this))));

    @Override
    public void open() {
      if (calls.contains("close")) {
        throw new BackendClosedException("map");
      }
    }

    @Override
    public void reset() {
      acquirer.start();
      while (acquirer.isAlive() && acquirer.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
    }
  }
}
