package io.traffik.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend;
import io.traffik.Decision;
import io.traffik.Identity;
import io.traffik.Throttle;
import io.traffik.resilience.DeadlineBackend;
import io.traffik.store.CompareAndSetBackend;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A store that hangs, behind a deadline, as docs/write-a-backend.md shows it. */
final class HangingStoreTest {

  private final CountDownLatch released = new CountDownLatch(1);

  private final class HangingStore extends CompareAndSetBackend {
    HangingStore() {
      super("myapp", InstantSource.system());
    }

    @Override
    protected byte[] read(String key) throws InterruptedException {
      released.await();
      return null;
    }

    @Override
    protected boolean compareAndSet(String key, byte[] expected, byte[] update, Duration expiry) {
      return true;
    }

    @Override
    protected void removeAll(String prefix) {}
  }

  @AfterEach
  void release() {
    released.countDown();
  }

  @Test
  void f1_theFailurePolicyDecidesAtTheDeadline() {
    Backend store = new HangingStore();
    Backend backend = DeadlineBackend.over(store, Duration.ofMillis(250));
    Throttle api = Throttle.builder("api").rate("1/h").backend(backend).build();
    Decision decision = api.hit(Identity.of("client"));
    assertThat(decision.allowed() && decision.degraded()).isTrue();
  }
}
