package io.traffik.jmh.contender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.traffik.jmh.workload.BenchmarkLimit;
import io.traffik.jmh.workload.ClientIdentities;
import io.traffik.jmh.workload.Limiter;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every contender limits; otherwise its benchmark would measure nothing. */
@Tag("once")
class ContendersTest {

  private static final int CAPACITY = 10;
  private static final BenchmarkLimit TEN = new BenchmarkLimit(CAPACITY, Duration.ofDays(1));

  static List<String> all() {
    return Contenders.ALL;
  }

  /** Guava's limiter has no capacity; it grants one permit at first. */
  static Stream<String> withCapacity() {
    return Contenders.ALL.stream().filter(name -> !name.equals(Contenders.GUAVA));
  }

  private static int granted(Limiter limiter, String identity, int hits) {
    int granted = 0;
    for (int i = 0; i < hits; i++) {
      granted += limiter.hit(identity) ? 1 : 0;
    }
    return granted;
  }

  @ParameterizedTest
  @MethodSource("all")
  void grantsExactlyTheCapacityToEachClient(String name) {
    Limiter limiter = Contenders.create(name, TEN, 100);
    int expected = name.equals(Contenders.GUAVA) ? 1 : CAPACITY;
    for (int client = 0; client < 100; client++) {
      assertThat(granted(limiter, ClientIdentities.of(client), 3 * CAPACITY)).isEqualTo(expected);
    }
    assertThat(limiter.size()).isEqualTo(100);
  }

  @ParameterizedTest
  @MethodSource("withCapacity")
  void consumingHalfLeavesHalf(String name) {
    Limiter limiter = Contenders.create(name, TEN, 1);
    limiter.consumeHalf("203.0.113.7");
    assertThat(granted(limiter, "203.0.113.7", 3 * CAPACITY)).isEqualTo(CAPACITY / 2);
  }

  @ParameterizedTest
  @MethodSource("withCapacity")
  void grantsExactlyTheCapacityToSeveralThreads(String name) throws Exception {
    int capacity = 500_000;
    Limiter limiter = Contenders.create(name, new BenchmarkLimit(capacity, Duration.ofHours(1)), 1);
    CyclicBarrier start = new CyclicBarrier(4);
    Callable<Integer> hits =
        () -> {
          start.await();
          return granted(limiter, ClientIdentities.of(0), capacity);
        };
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      int granted = 0;
      for (Future<Integer> each : threads.invokeAll(List.of(hits, hits, hits, hits))) {
        granted += each.get();
      }
      assertThat(granted).isEqualTo(capacity);
    } finally {
      threads.shutdownNow();
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void countsManyClientsSeparately(String name) {
    int clients = 50_000;
    Limiter limiter = Contenders.create(name, BenchmarkLimit.ALLOWED_ONCE, clients);
    for (int client = 0; client < clients; client++) {
      assertThat(limiter.hit(ClientIdentities.of(client))).isTrue();
    }
    assertThat(limiter.size()).isEqualTo(clients);
    for (int client = 0; client < clients; client++) {
      assertThat(limiter.hit(ClientIdentities.of(client))).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {Contenders.TRAFFIK, Contenders.BUCKET4J_CAFFEINE, Contenders.BUCKET4J_PROXY})
  void keepsItsBound(String name) {
    Limiter limiter = Contenders.create(name, BenchmarkLimit.HUNDRED_PER_MINUTE, 1_000, 1_000);
    for (int client = 0; client < 20_000; client++) {
      assertThat(limiter.hit(ClientIdentities.of(client))).isTrue();
    }
    assertThat(limiter.size()).isBetween(500L, 1_000L);
  }

  @Test
  void aFullBaselineTableIsAnError() {
    Limiter table = Contenders.create(Contenders.OPEN_ADDRESSING, TEN, 8);
    assertThatThrownBy(
            () -> IntStream.range(0, 100).mapToObj(ClientIdentities::of).forEach(table::hit))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("The baseline's table is full. Slots: 16");
  }

  @Test
  void anUnknownNameIsRejected() {
    assertThatThrownBy(() -> Contenders.create("bucket5j", TEN, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Unknown contender: bucket5j");
    assertThat(Set.copyOf(Contenders.ALL)).hasSize(10);
  }
}
