package io.traffik.tck.backend;

import io.traffik.Backend;
import io.traffik.Rate;
import io.traffik.spi.QuotaPolicy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;

/**
 * A random sequence of calls by several clients, one call at a time.
 *
 * @param policies the policies to choose from; each step names one
 * @param clients the number of clients
 * @param maxHistoryNanos the longest duration of all steps together, in nanoseconds
 */
record RandomHistory(
    List<QuotaPolicy> policies, int clients, List<RandomStep> steps, long maxHistoryNanos) {

  private static final int MAX_STEPS = 40;

  /**
   * Generates a history.
   *
   * @param rates returns the number of rates of the next policy
   */
  static RandomHistory random(
      SeededRandom random, TestTime time, int policies, IntSupplier rates, int clients) {
    List<QuotaPolicy> generated = new ArrayList<>();
    for (int i = 0; i < policies; i++) {
      List<Rate> policyRates = new ArrayList<>();
      int size = rates.getAsInt();
      while (policyRates.size() < size) {
        policyRates.add(random.rate(time));
      }
      generated.add(QuotaPolicy.of("api", policyRates));
    }
    List<RandomStep> steps = new ArrayList<>();
    int length = random.between(1, MAX_STEPS);
    while (steps.size() < length) {
      steps.add(RandomStep.random(random));
    }
    return new RandomHistory(generated, clients, steps, time.maxHistoryNanos(random));
  }

  /** Returns this history without a range of its steps. */
  RandomHistory without(int from, int to) {
    List<RandomStep> remaining = new ArrayList<>(steps);
    remaining.subList(from, to).clear();
    return new RandomHistory(policies, clients, remaining, maxHistoryNanos);
  }

  /** Makes all calls, and fails at the first result that {@code TokenBucket} does not allow. */
  void run(BackendFixture fixture) {
    if (!(fixture.time() instanceof SimulatedTime simulated)) {
      // Time never goes back, so new clients suffice, and a new backend could be slow to create.
      run(fixture.sharedBackend(), fixture.time(), fixture.freshClient());
      return;
    }
    Backend backend = fixture.backend();
    try {
      run(backend, simulated, "client");
    } finally {
      fixture.dispose(backend);
      simulated.rewind();
    }
  }

  private void run(Backend backend, TestTime time, String name) {
    Map<Integer, RandomClient> running = new HashMap<>();
    long end = time.now() + maxHistoryNanos;
    long lastMargin = 0;
    for (RandomStep step : steps) {
      RandomClient client =
          running.computeIfAbsent(
              step.client() % clients,
              index -> new RandomClient(backend, time, policies.get(0), name + " " + index));
      client.change(policies.get(step.policy() % policies.size()));
      long pause = step.pauseNanos(client.rate(step), lastMargin, time, maxHistoryNanos);
      if (pause < end - time.now()) {
        time.elapse(pause);
      }
      lastMargin = client.call(step, lastMargin);
    }
  }
}
