package io.traffik.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.memory.InMemoryBackend;
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
 * Random histories, asked of the backend in memory and of the one in Redis by one clock, have the
 * same answers, to the nanosecond.
 */
@Execution(ExecutionMode.CONCURRENT)
final class MemoryAndRedisTest {

  private static final int HISTORIES = 3_000;
  private static final int LONGEST = 25;

  /** 9,000 days in nanoseconds. */
  private static final double LONGEST_PERIOD = 9e3 * 86_400e9;

  private static final Duration MICROSECOND = Duration.ofNanos(1_000);

  private static final List<Operation> OPERATIONS = List.of(Operation.values());

  private ManualClock clock = new ManualClock();

  /** By Jedis, which asks on the caller's own thread: Lettuce wakes another for each answer. */
  private final Backend redis =
      RedisBackend.jedis("differential-" + Long.toHexString(System.nanoTime()))
          .uri(RedisContract.alone())
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
      follow(new Random(seed + i), "client " + i, rates, policies, "seed " + (seed + i));
    }
  }

  private void follow(Random random, String client, int mostRates, int policies, String seed) {
    // A new one, for all histories together would take longer than a clock can tell.
    clock = new ManualClock();
    Backend memory = InMemoryBackend.builder("differential").clock(clock).build();
    int rates = 1 + random.nextInt(mostRates);
    List<QuotaPolicy> drawn = new ArrayList<>();
    for (int i = 0; i < policies; i++) {
      drawn.add(policy(random, rates));
    }
    StringBuilder story = new StringBuilder(seed);
    long lastMargin = 0;
    int steps = 1 + random.nextInt(LONGEST);
    for (int i = 0; i < steps; i++) {
      QuotaPolicy policy = drawn.get(random.nextInt(policies));
      clock.advance(pause(random, policy.rate(0), lastMargin));
      Operation operation = OPERATIONS.get(random.nextInt(3));
      long cost = cost(random, policy, operation);
      if (policies > 1 && (operation == Operation.PEEK || cost == 0)) {
        // Whether these carry over to a changed rate is left to the backend.
        continue;
      }
      long[] expected = memory.decide(operation, policy, client, "", cost);
      story.append('\n').append(clock.instant()).append(' ').append(policy);
      story.append(' ').append(operation).append(" of ").append(cost);
      assertThat(redis.decide(operation, policy, client, "", cost))
          .as(story.toString())
          .containsExactly(expected);
      lastMargin = expected[0];
    }
  }

  private static QuotaPolicy policy(Random random, int rates) {
    List<Rate> drawn = new ArrayList<>();
    while (drawn.size() < rates) {
      drawn.add(rate(random));
    }
    return QuotaPolicy.of("api", drawn);
  }

  private static Rate rate(Random random) {
    long period = anyMagnitude(random, LONGEST_PERIOD);
    long limit = anyMagnitude(random, (double) period);
    long capacity = 1 + random.nextLong(2 * limit);
    try {
      return Rate.of(limit, Duration.ofNanos(period)).withCapacity(capacity);
    } catch (io.traffik.ConfigurationException e) {
      // Too fast to be kept exactly: rule B7.
      return Rate.of(1 + capacity % 1_000, Duration.ofDays(365));
    }
  }

  private static long anyMagnitude(Random random, double most) {
    return 1 + (long) Math.exp(random.nextDouble() * Math.log(most));
  }

  /** Until a denial ends, a little less or more, or any time; in whole steps of Redis' clock. */
  private static Duration pause(Random random, Rate rate, long lastMargin) {
    long nanos =
        switch (random.nextInt(4)) {
          case 0 -> 0;
          case 1 -> Math.max(0, -lastMargin);
          case 2 -> Math.max(0, -lastMargin + random.nextLong(-3_000, 3_000));
          default -> random.nextLong(1 + rate.fillNanos() / 1_000 * 1_200 / 2);
        };
    long longest = Duration.ofDays(30).toNanos();
    return MICROSECOND.multipliedBy(Math.min(nanos, longest) / 1_000);
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
