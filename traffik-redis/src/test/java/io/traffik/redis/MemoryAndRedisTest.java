package io.traffik.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.memory.InMemoryBackend;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import io.traffik.tck.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * A differential test: random histories have the same margins in memory and in Redis, to the
 * nanosecond, with one clock for both backends.
 */
@Execution(ExecutionMode.CONCURRENT)
final class MemoryAndRedisTest {

  private static final int HISTORIES = 3_000;
  private static final int MAX_STEPS = 25;

  /** 9,000 days in nanoseconds. */
  private static final double MAX_PERIOD_NANOS = 9e3 * 86_400e9;

  private static final Duration MICROSECOND = Duration.ofNanos(1_000);

  private static final List<Operation> OPERATIONS = List.of(Operation.values());

  private ManualClock clock = new ManualClock();

  /** Over Jedis, which is faster here: Lettuce wakes another thread for each answer. */
  private final Backend redis =
      RedisBackend.jedis("differential-" + Long.toHexString(System.nanoTime()))
          .uri(RedisContract.standaloneUri())
          .deadline(Duration.ofSeconds(10))
          .clock(() -> ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant()))
          .build();

  @AfterEach
  void clear() {
    redis.reset();
    redis.close();
  }

  @Test
  void b7_historiesOfOneRateAreTheSameInRedisAsInMemory() {
    compare(1, 1);
  }

  @Test
  void b9_historiesOfSeveralRatesAreTheSameInRedisAsInMemory() {
    compare(4, 1);
  }

  @Test
  void b11_historiesOfChangingRatesAreTheSameInRedisAsInMemory() {
    compare(3, 3);
  }

  private void compare(int rates, int policies) {
    long seed = System.nanoTime();
    for (int i = 0; i < HISTORIES; i++) {
      replay(new Random(seed + i), "client " + i, rates, policies, "seed " + (seed + i));
    }
  }

  private void replay(Random random, String client, int maxRates, int policies, String seed) {
    // A new clock for each history: all histories together would exceed its range.
    clock = new ManualClock();
    Backend memory = InMemoryBackend.builder("differential").clock(clock).build();
    List<QuotaPolicy> generated = new ArrayList<>();
    while (generated.size() < policies) {
      generated.add(policy(random, 1 + random.nextInt(maxRates)));
    }
    StringBuilder history = new StringBuilder(seed);
    long lastMargin = 0;
    int steps = 1 + random.nextInt(MAX_STEPS);
    for (int i = 0; i < steps; i++) {
      QuotaPolicy policy = generated.get(random.nextInt(policies));
      clock.advance(pause(random, policy.rate(0), lastMargin));
      Operation operation = OPERATIONS.get(random.nextInt(3));
      long cost = cost(random, policy, operation);
      long[] expected = memory.decide(new BackendCall(operation, policy, client, "", cost));
      history.append('\n').append(clock.instant()).append(' ').append(policy);
      history.append(' ').append(operation).append(" of ").append(cost);
      assertThat(redis.decide(new BackendCall(operation, policy, client, "", cost)))
          .as(history.toString())
          .containsExactly(expected);
      lastMargin = expected[0];
    }
  }

  private static QuotaPolicy policy(Random random, int rates) {
    List<Rate> generated = new ArrayList<>();
    while (generated.size() < rates) {
      generated.add(rate(random));
    }
    return QuotaPolicy.of("api", generated);
  }

  private static Rate rate(Random random) {
    long period = logUniform(random, MAX_PERIOD_NANOS);
    long limit = logUniform(random, (double) period);
    long capacity = 1 + random.nextLong(2 * limit);
    try {
      return Rate.of(limit, Duration.ofNanos(period)).withCapacity(capacity);
    } catch (io.traffik.ConfigurationException e) {
      // The rate is too fast to be stored exactly (rule B7).
      return Rate.of(1 + capacity % 1_000, Duration.ofDays(365));
    }
  }

  private static long logUniform(Random random, double max) {
    return 1 + (long) Math.exp(random.nextDouble() * Math.log(max));
  }

  /** Zero, the wait of the last denial, slightly less or more, or any time; in microseconds. */
  private static Duration pause(Random random, Rate rate, long lastMargin) {
    long nanos =
        switch (random.nextInt(4)) {
          case 0 -> 0;
          case 1 -> Math.max(0, -lastMargin);
          case 2 -> Math.max(0, -lastMargin + random.nextLong(-3_000, 3_000));
          default -> random.nextLong(1 + rate.fillNanos() / 1_000 * 1_200 / 2);
        };
    long maxPause = Duration.ofDays(30).toNanos();
    return MICROSECOND.multipliedBy(Math.min(nanos, maxPause) / 1_000);
  }

  private static long cost(Random random, QuotaPolicy policy, Operation operation) {
    long capacity = policy.capacity();
    return switch (random.nextInt(5)) {
      case 0 -> 0;
      case 1 -> 1;
      case 2 -> capacity;
      case 3 -> operation == Operation.REFUND ? capacity + random.nextInt(10) : capacity / 2;
      default -> random.nextLong(capacity + 1);
    };
  }
}
