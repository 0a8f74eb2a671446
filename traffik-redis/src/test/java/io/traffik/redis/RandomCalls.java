package io.traffik.redis;

import io.traffik.Backend.Operation;
import io.traffik.ConfigurationException;
import io.traffik.Rate;
import io.traffik.spi.BackendCall;
import io.traffik.spi.Margin;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random calls on several versions of a policy: hits with patience, cancellations, settlements. */
final class RandomCalls {

  private static final List<Operation> OPERATIONS = List.of(Operation.values());

  private final Random random;
  private final List<QuotaPolicy> versions = new ArrayList<>();

  RandomCalls(Random random, int maxRates, int maxVersions) {
    this.random = random;
    int count = 1 + random.nextInt(maxVersions);
    for (int i = 0; i < count; i++) {
      List<Rate> rates = new ArrayList<>();
      int size = 1 + random.nextInt(maxRates);
      while (rates.size() < size) {
        rates.add(rate());
      }
      versions.add(QuotaPolicy.of("api", rates));
    }
  }

  private Rate rate() {
    try {
      return switch (random.nextInt(4)) {
        case 0 -> Rate.perMinute(100).withCapacity(1 + random.nextInt(100));
        case 1 ->
            Rate.of(1 + random.nextInt(10), Duration.ofSeconds(1 + random.nextInt(3)))
                .withCapacity(1 + random.nextInt(4));
        case 2 -> Rate.perDay(1 + random.nextInt(1_000));
        default -> {
          long interval = logUniform(Margin.MAX_NANOS / 2.0);
          long capacity = logUniform((double) Margin.MAX_NANOS / interval);
          yield Rate.of(1, Duration.ofNanos(interval)).withCapacity(capacity);
        }
      };
    } catch (ConfigurationException e) {
      // The rate is too fast to be stored exactly (rule B7).
      return Rate.perSecond(1 + random.nextInt(5));
    }
  }

  private long logUniform(double max) {
    return 1 + (long) Math.exp(random.nextDouble() * Math.log(max));
  }

  BackendCall next(String client) {
    QuotaPolicy policy = versions.get(random.nextInt(versions.size()));
    Operation operation =
        random.nextInt(8) < 4 ? Operation.HIT : OPERATIONS.get(random.nextInt(OPERATIONS.size()));
    Rate rate = policy.rate(random.nextInt(policy.size()));
    long argument =
        random.nextInt(3) == 0
            ? 0
            : operation == Operation.SETTLE ? maxDebt() : patience(policy, rate);
    return new BackendCall(operation, policy, client, "", cost(policy, operation), argument);
  }

  private long cost(QuotaPolicy policy, Operation operation) {
    long capacity = policy.capacity();
    return switch (random.nextInt(7)) {
      case 0 -> 0;
      case 1, 2 -> 1;
      case 3 -> capacity;
      case 4 -> capacity + random.nextInt(3);
      case 5 -> operation == Operation.SETTLE ? random.nextLong() >>> 1 : 1 + capacity / 2;
      default -> random.nextLong(capacity) + 1;
    };
  }

  private long maxDebt() {
    return random.nextInt(3) == 0 ? Long.MAX_VALUE : random.nextInt(50);
  }

  /** No longer than a capacity and a patience may be together. */
  private long patience(QuotaPolicy policy, Rate rate) {
    long max = Margin.MAX_NANOS;
    for (Rate each : policy.rates()) {
      max = Math.min(max, Margin.MAX_NANOS - each.fillNanos());
    }
    long tokens = 1L + random.nextInt(5);
    long patience =
        rate.nanosPerToken() > max / tokens
            ? max
            : rate.nanosPerToken() * tokens + random.nextInt(3) - 1;
    return Math.max(0, Math.min(max, patience));
  }

  /**
   * A time until the next call, in microseconds: none, the wait of the last answer, slightly less
   * or more, or any time.
   */
  Duration pause(long lastMargin) {
    Rate rate = versions.get(random.nextInt(versions.size())).rate(0);
    long wait = Math.max(0, -lastMargin);
    long nanos =
        switch (random.nextInt(5)) {
          case 0, 1 -> 0;
          case 2 -> wait;
          case 3 -> Math.max(0, wait + random.nextLong(-3_000, 3_000));
          default -> random.nextLong(rate.fillNanos()) / (1 + random.nextInt(10));
        };
    return Duration.ofNanos(Math.min(nanos, Duration.ofDays(1_000).toNanos()) / 1_000 * 1_000);
  }
}
