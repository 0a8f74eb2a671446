package io.traffik.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Shares of clients in a common limit. */
final class FairShareLimiterTest {

  private final FairShareLimiter limiter = new FairShareLimiter(60);

  private int occupy(String client) {
    int granted = 0;
    while (limiter.tryAcquire(client, 1)) {
      granted++;
    }
    return granted;
  }

  @Test
  void f6_oneClientOccupiesHalfAndOthersShareTheRest() {
    assertThat(occupy("a")).isEqualTo(30);
    assertThat(occupy("b")).isEqualTo(15);
    assertThat(occupy("c")).isEqualTo(8);
    assertThat(limiter.tryAcquire("innocent", 1)).isTrue();
    assertThat(limiter.occupied()).isEqualTo(54);
  }

  @Test
  void f6_clientsThatActInTurnsOccupyAThirdEach() {
    for (int n = 0; n < 60; n++) {
      limiter.tryAcquire("a", 1);
      limiter.tryAcquire("b", 1);
    }
    limiter.release("a", 20);
    assertThat(limiter.occupied()).isEqualTo(20);
  }

  @Test
  void f6_whatIsReleasedCanBeOccupiedAgain() {
    occupy("a");
    limiter.release("a", 30);
    assertThat(limiter.occupied()).isZero();
    assertThat(occupy("b")).isEqualTo(30);
  }

  @Test
  void f6_aLargeAmountCountsAsHalfAndLeavesTheRestToOthers() {
    assertThat(limiter.tryAcquire("a", 1_000)).isTrue();
    assertThat(limiter.occupied()).isEqualTo(30);
    assertThat(limiter.tryAcquire("a", 1)).isFalse();
    assertThat(limiter.tryAcquire("innocent", 15)).isTrue();
    assertThat(limiter.tryAcquire("b", 1_000)).isFalse();
    limiter.release("a", 1_000);
    assertThat(limiter.occupied()).isEqualTo(15);
  }

  @Test
  void f6_manyClientsThatOccupyNothingAreForgotten() {
    assertThat(limiter.tryAcquire("busy", 3)).isTrue();
    for (int n = 0; n < 100_000; n++) {
      assertThat(limiter.tryAcquire("client " + n, 1)).isTrue();
      limiter.release("client " + n, 1);
    }
    assertThat(limiter.clients()).isLessThan(10_000);
    assertThat(limiter.occupied()).isEqualTo(3);
    limiter.release("busy", 3);
    assertThat(limiter.occupied()).isZero();
  }

  @Test
  void f6_concurrentClientsNeverOccupyMoreThanTheCapacity() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<Long>> tasks = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        int thread = t;
        tasks.add(
            () -> {
              long largest = 0;
              for (int n = 0; n < 50_000; n++) {
                // Many names, so that counters are removed meanwhile.
                String client = "client " + (n % 3 == 0 ? n : thread);
                if (limiter.tryAcquire(client, 1 + n % 7)) {
                  largest = Math.max(largest, limiter.occupied());
                  limiter.release(client, 1 + n % 7);
                }
              }
              return largest;
            });
      }
      for (Future<Long> largest : threads.invokeAll(tasks)) {
        assertThat(largest.get()).isLessThanOrEqualTo(limiter.capacity());
      }
    } finally {
      threads.shutdown();
    }
    assertThat(limiter.occupied()).isZero();
    assertThat(occupy("a")).isEqualTo(30);
  }

  @Test
  void anAmountMustNotBeNegative() {
    assertThatThrownBy(() -> limiter.tryAcquire("a", -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("amount must be at least 0: -1");
    assertThatThrownBy(() -> new FairShareLimiter(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("capacity must be at least 1: 0");
  }
}
