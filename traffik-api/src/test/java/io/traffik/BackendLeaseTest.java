package io.traffik;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A backend lives as long as somebody has a lease on it. */
final class BackendLeaseTest {

  private final MapBackend backend = new MapBackend();

  @Test
  void l4_theLastLeaseClosesWhoeverTookTheFirst() {
    BackendLease first = BackendLease.acquire(backend);
    BackendLease second = BackendLease.acquire(backend);
    first.close();
    first.close();
    assertThat(backend.calls).containsExactly("open", "open");
    CompletableFuture.runAsync(second::close).join();
    assertThat(backend.calls).containsExactly("open", "open", "reset", "close");
  }

  @Test
  void l4_anApplicationsScopeLeavesABackendToThoseWhoHaveALease() {
    BackendLease server = BackendLease.acquire(backend);
    BackendScope.application(backend).close();
    assertThat(backend.calls).doesNotContain("reset", "close");
    server.close();
    assertThat(backend.calls).endsWith("reset", "close");
  }

  @Test
  void l4_aBackendThatCannotOpenIsNotLeased() {
    MapBackend late =
        new MapBackend() {
          @Override
          public void open() {
            super.open();
            if (failing) {
              throw new ConfigurationException("no server");
            }
          }
        };
    late.failing = true;
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> BackendLease.acquire(late));
    late.failing = false;
    BackendLease.acquire(late).close();
    assertThat(late.calls).containsExactly("open", "open", "reset", "close");
  }

  @Test
  void l4_whoComesWhileTheLastIsLeavingFindsAClosedBackend() throws Exception {
    Leaving backend = new Leaving();
    BackendLease.acquire(backend).close();
    backend.late.join();
    assertThat(backend.found.get()).isInstanceOf(IllegalStateException.class).hasMessage("closed");
    assertThatIllegalStateException().isThrownBy(() -> BackendLease.acquire(backend));
  }

  /** While it is left, somebody else comes, and waits or is let in before it is closed. */
  private static final class Leaving extends MapBackend {

    private final AtomicReference<Throwable> found = new AtomicReference<>();
    private final Thread late =
        new Thread(() -> found.set(catchThrowable(() -> BackendLease.acquire(this))));

    @Override
    public void open() {
      if (calls.contains("close")) {
        throw new IllegalStateException("closed");
      }
    }

    @Override
    public void reset() {
      late.start();
      while (late.isAlive() && late.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
    }
  }
}
