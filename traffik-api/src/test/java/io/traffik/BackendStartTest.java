package io.traffik;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Applications start without their store, unless they require it. */
final class BackendStartTest {

  private @Nullable RuntimeException failure;

  private final MapBackend backend =
      new MapBackend() {
        @Override
        public void open() {
          super.open();
          if (failure != null) {
            throw failure;
          }
        }
      };

  @Test
  void l1_anApplicationStartsWithoutItsStoreAndLogsTheRemedy() {
    LogRecorder log = new LogRecorder();
    try (log) {
      failure = new BackendException("connection refused");
      BackendLease lease = BackendLease.acquire(backend);
      assertThat(log.texts()).hasSize(1);
      assertThat(log.texts().get(0))
          .startsWith(
              "Backend \"map\" (BackendStartTest$1) failed. The application starts without its")
          .contains("requireBackendAtStart()");
      assertThat(log.entries.get(0).getThrown()).isSameAs(failure);
      backend.failing = true;
      backend.throttle("1/s").build().hit(TestView.GET);
      BackendStart.OPTIONAL.open(backend);
      assertThat(log.texts()).as("entries of one backend").hasSize(1);
      backend.failing = false;
      long later = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      backend.throttle("1/s").clock(() -> later).build().hit(TestView.GET);
      assertThat(log.texts()).hasSize(2);
      assertThat(log.texts().get(1)).contains("works again").contains("hits allowed: 1");
      lease.close();
      assertThat(backend.calls).endsWith("reset", "close");
    }
  }

  @Test
  void l1_anyExceptionOfOpeningIsAStoreOutOfReach() {
    failure = new IllegalStateException("pool is not ready");
    BackendLease.acquire(backend).close();
    assertThat(backend.calls).endsWith("reset", "close");
  }

  @Test
  void l1_aRequiredStoreFailsTheStart() {
    failure = new BackendException("connection refused");
    assertThatThrownBy(() -> BackendLease.acquire(backend, BackendStart.REQUIRED))
        .isSameAs(failure);
    assertThatThrownBy(() -> BackendStart.REQUIRED.open(backend)).isSameAs(failure);
    failure = null;
    BackendLease.acquire(backend, BackendStart.REQUIRED).close();
    assertThat(backend.calls).containsExactly("open", "open", "open", "reset", "close");
  }

  @Test
  void l1_l3_mistakesFailTheStart() {
    for (RuntimeException mistake :
        new RuntimeException[] {
          new ConfigurationException("wrong password"), new BackendClosedException("map")
        }) {
      failure = mistake;
      assertThatThrownBy(() -> BackendLease.acquire(backend)).isSameAs(mistake);
      assertThatThrownBy(() -> BackendScope.application(backend)).isSameAs(mistake);
    }
    assertThat(backend.calls).doesNotContain("close");
  }
}
