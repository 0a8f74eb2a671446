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
 * What some clients ask, one after the other, where nobody has asked for them yet.
 *
 * @param policies what may hold; each step says which does
 * @param clients how many clients there are
 * @param horizon how long it may last, in nanoseconds
 */
record RandomHistory(
    List<QuotaPolicy> policies, int clients, List<HistoryStep> steps, long maxHistoryNanos) {

  private static final int LONGEST = 40;

  /**
   * A history at random.
   *
   * @param rates tells for each policy how many it has
   */
  static RandomHistory random(
      SeededRandom random, TestTime time, int policies, IntSupplier rates, int clients) {
    List<QuotaPolicy> drawn = new ArrayList<>();
    for (int i = 0; i < policies; i++) {
      List<Rate> some = new ArrayList<>();
      int size = rates.getAsInt();
      while (some.size() < size) {
        some.add(random.rate(time));
      }
      drawn.add(QuotaPolicy.of("api", some));
    }
    List<HistoryStep> steps = new ArrayList<>();
    int length = random.between(1, LONGEST);
    while (steps.size() < length) {
      steps.add(HistoryStep.random(random));
    }
    return new RandomHistory(drawn, clients, steps, time.maxHistoryNanos(random));
  }

  /** This history without some of its steps. */
  RandomHistory without(int from, int to) {
    List<HistoryStep> left = new ArrayList<>(steps);
    left.subList(from, to).clear();
    return new RandomHistory(policies, clients, left, maxHistoryNanos);
  }

  /** Asks all of it; fails where an answer is not that of the arithmetic. */
  void run(BackendFixture fixture) {
    if (!(fixture.time() instanceof SimulatedTime moved)) {
      // Time only goes on: clients that are new are as good as a backend that is, and soon made.
      run(fixture.sharedBackend(), fixture.time(), fixture.freshClient());
      return;
    }
    Backend backend = fixture.backend();
    try {
      run(backend, moved, "client");
    } finally {
      fixture.dispose(backend);
      moved.rewind();
    }
  }

  private void run(Backend backend, TestTime time, String name) {
    Map<Integer, BucketOracle> oracles = new HashMap<>();
    long end = time.now() + maxHistoryNanos;
    long lastMargin = 0;
    for (HistoryStep step : steps) {
      QuotaPolicy policy = policies.get(step.policy() % policies.size());
      BucketOracle oracle =
          oracles.computeIfAbsent(
              step.client() % clients,
              client -> new BucketOracle(backend, time, policy, name + " " + client).exact());
      if (oracle.policy() != policy) {
        oracle.change(policy);
      }
      int place = (int) (step.number() % policy.size());
      Rate rate = policy.rate(place);
      long pause = step.pauseNanos(rate, lastMargin, time, maxHistoryNanos);
      if (pause < end - time.now()) {
        time.elapse(pause);
      }
      long cost = step.tokens(rate, policy.capacity());
      lastMargin = oracle.call(step.operation(), cost, step.entryPoint())[place];
    }
  }
}
