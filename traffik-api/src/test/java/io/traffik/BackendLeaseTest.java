package io.traffik;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** A backend lives as long as somebody has a lease on it. */
final class BackendLeaseTest {

  private final MapBackend backend = new MapBackend();

  @Test
  void l4_theLastLeaseClosesWhoeverTookTheFirst() {
    BackendLease first = BackendLease.take(backend);
    BackendLease second = BackendLease.take(backend);
    first.close();
    first.close();
    assertThat(backend.calls).containsExactly("open", "open");
    CompletableFuture.runAsync(second::close).join();
    assertThat(backend.calls).containsExactly("open", "open", "reset", "close");
  }

  @Test
  void l4_anApplicationsScopeLeavesABackendToThoseWhoHaveALease() {
    BackendLease server = BackendLease.take(backend);
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
        .isThrownBy(() -> BackendLease.take(late));
    late.failing = false;
    BackendLease.take(late).close();
    assertThat(late.calls).containsExactly("open", "open", "reset", "close");
  }

  @Test
  void l4_whoComesWhileTheLastIsLeavingFindsAClosedBackend() throws Exception {
    CountDownLatch resetting = new CountDownLatch(1);
    CountDownLatch coming = new CountDownLatch(1);
    MapBackend slow =
        new MapBackend() {
          @Override
          public void open() {
            if (calls.contains("close")) {
              throw new IllegalStateException("closed");
            }
          }

          @Override
          public void reset() {
            resetting.countDown();
            try {
              coming.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          }
        };
    BackendLease last = BackendLease.take(slow);
    CompletableFuture<Void> leaving = CompletableFuture.runAsync(last::close);
    resetting.await();
    CompletableFuture<BackendLease> late =
        CompletableFuture.supplyAsync(
            () -> {
              coming.countDown();
              return BackendLease.take(slow);
            });
    leaving.join();
    assertThatExceptionOfType(java.util.concurrent.CompletionException.class)
        .isThrownBy(late::join)
        .withCauseInstanceOf(IllegalStateException.class);
    assertThatIllegalStateException().isThrownBy(() -> BackendLease.take(slow));
  }
}
