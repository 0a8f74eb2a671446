package io.traffik.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import io.traffik.tck.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * A differential test of the script: random histories with changing rates, reservations,
 * cancellations and settlements have the answers of the exact arithmetic, to the nanosecond.
 */
@Execution(ExecutionMode.CONCURRENT)
final class RedisDebtHistoriesTest {

  private static final int HISTORIES = 3_000;
  private static final int MAX_STEPS = 30;
  private static final int BATCHED_HISTORIES = 1_000;
  private static final int MAX_BATCH = 12;
  private static final long YEAR_NANOS = Duration.ofDays(365).toNanos();

  private final String namespace = "debts-" + Long.toHexString(System.nanoTime());
  private ManualClock clock = new ManualClock();

  /** Over Jedis, which is faster here: Lettuce wakes another thread for each answer. */
  private final Backend redis = builder(RedisBackend.jedis(namespace).uri(standaloneUri()));

  private Backend builder(RedisBackendBuilder<?> builder) {
    return builder.deadline(Duration.ofSeconds(10)).clock(this::micros).build();
  }

  private static String standaloneUri() {
    return RedisContract.standaloneUri();
  }

  private long micros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
  }

  /** From the start of a history, because the exact arithmetic is limited to 146 years. */
  private long nanos() {
    return clock.getAsLong();
  }

  @AfterEach
  void clear() {
    redis.reset();
    redis.close();
  }

  @Test
  void b11_b13_b14_historiesOfOneRateAreExact() {
    compare(1, 3);
  }

  @Test
  void b11_b13_b14_historiesOfSeveralRatesAreExact() {
    compare(4, 3);
  }

  private void compare(int maxRates, int maxVersions) {
    long seed = System.nanoTime();
    for (int i = 0; i < HISTORIES; i++) {
      clock = new ManualClock();
      RandomCalls calls = new RandomCalls(new Random(seed + i), maxRates, maxVersions);
      RedisBucketModel reference = new RedisBucketModel();
      StringBuilder history = new StringBuilder("seed ").append(seed + i);
      long lastMargin = 0;
      for (int step = 0; step < MAX_STEPS; step++) {
        clock.advance(calls.pause(lastMargin));
        BackendCall call = calls.next("client " + i);
        history.append('\n').append(clock.instant()).append(' ').append(call);
        long[] expected = reference.decide(call, nanos());
        assertThat(redis.decide(call)).as(history.toString()).containsExactly(expected);
        lastMargin = expected[0];
      }
    }
  }

  @Test
  void b15_aBatchOverJedisHasTheAnswersOfSingleCalls() {
    compareBatches(redis);
  }

  @Test
  void b15_aBatchOverLettuceHasTheAnswersOfSingleCalls() {
    try (Backend lettuce = builder(RedisBackend.lettuce(namespace).uri(standaloneUri()))) {
      compareBatches(lettuce);
    }
  }

  /** Batches on several keys; half of them asynchronous. */
  private void compareBatches(Backend backend) {
    long seed = System.nanoTime();
    for (int i = 0; i < BATCHED_HISTORIES; i++) {
      clock = new ManualClock();
      Random random = new Random(seed + i);
      RandomCalls calls = new RandomCalls(random, 3, 2);
      Map<String, RedisBucketModel> references = new HashMap<>();
      StringBuilder history = new StringBuilder("seed ").append(seed + i);
      long lastMargin = 0;
      for (int step = 0; step < 4; step++) {
        clock.advance(calls.pause(lastMargin));
        List<BackendCall> batch = batch(calls, random, "client " + i + " ");
        List<long[]> expected = new ArrayList<>();
        for (BackendCall call : batch) {
          history.append('\n').append(clock.instant()).append(' ').append(call);
          expected.add(
              references
                  .computeIfAbsent(call.identity(), key -> new RedisBucketModel())
                  .decide(call, nanos()));
        }
        List<long[]> answers =
            step % 2 == 0
                ? backend.decideAll(batch)
                : backend.decideAllAsync(batch).toCompletableFuture().join();
        assertThat(answers).as(history.toString()).hasSameSizeAs(batch);
        for (int call = 0; call < batch.size(); call++) {
          assertThat(answers.get(call))
              .as("call %s of%s", call, history)
              .containsExactly(expected.get(call));
          lastMargin = expected.get(call)[0];
        }
      }
    }
  }

  private static List<BackendCall> batch(RandomCalls calls, Random random, String prefix) {
    List<BackendCall> batch = new ArrayList<>();
    int size = 1 + random.nextInt(MAX_BATCH);
    while (batch.size() < size) {
      BackendCall call = calls.next(prefix + random.nextInt(3));
      int repeats = 1 + random.nextInt(3);
      for (int i = 0; i < repeats; i++) {
        batch.add(call);
      }
    }
    return batch;
  }

  /** Intervals beyond days per token, where doubles cannot represent the products. */
  @Test
  void b11_veryLongIntervalsAreConvertedExactly() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < HISTORIES; i++) {
      clock = new ManualClock();
      QuotaPolicy before = longRate(random);
      QuotaPolicy after = longRate(random);
      RedisBucketModel reference = new RedisBucketModel();
      BackendCall settlement =
          new BackendCall(
              Operation.SETTLE, before, "long " + i, "", 1 + random.nextInt(9), Long.MAX_VALUE);
      assertThat(redis.decide(settlement)).containsExactly(reference.decide(settlement, nanos()));
      clock.advance(Duration.ofNanos(random.nextLong(YEAR_NANOS) / 1_000 * 1_000));
      BackendCall peek = settlement.with(Operation.PEEK, 1, 0);
      BackendCall other = new BackendCall(Operation.PEEK, after, "long " + i, "", 1);
      assertThat(redis.decide(peek)).containsExactly(reference.decide(peek, nanos()));
      assertThat(redis.decide(other))
          .as("seed %s, history %s: %s, then %s", seed, i, before, after)
          .containsExactly(reference.decide(other, nanos()));
    }
  }

  private static QuotaPolicy longRate(Random random) {
    long interval = 1 + random.nextLong(20 * YEAR_NANOS);
    return QuotaPolicy.of(
        "api", List.of(Rate.of(1, Duration.ofNanos(interval)).withCapacity(1 + random.nextInt(5))));
  }
}
