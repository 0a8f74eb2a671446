package io.traffik.tck.backend;

import org.junit.jupiter.api.Test;

/** Random histories must have the results of {@link io.traffik.bucket.TokenBucket}. */
interface RandomHistoryRules {

  @Test
  default void b1_b2_b4_b6_b12_b13_b14_randomHistoriesMatchTokenBucket(BackendFixture fixture) {
    HistoryRunner.check(
        fixture, random -> RandomHistory.random(random, fixture.time(), 1, () -> 1, 1));
  }

  @Test
  default void b9_k1_randomHistoriesOfSeveralRatesAndClientsMatchTokenBucket(
      BackendFixture fixture) {
    HistoryRunner.check(
        fixture,
        random -> RandomHistory.random(random, fixture.time(), 1, () -> random.between(1, 4), 3));
  }

  @Test
  default void b11_randomHistoriesOfChangingRatesMatchTokenBucket(BackendFixture fixture) {
    HistoryRunner.check(
        fixture,
        random -> {
          int rates = random.between(1, 2);
          return RandomHistory.random(random, fixture.time(), 3, () -> rates, 1);
        });
  }

  @Test
  default void b11_k1_randomHistoriesOfAddedAndRemovedRatesMatchTokenBucket(
      BackendFixture fixture) {
    HistoryRunner.check(
        fixture,
        random -> RandomHistory.random(random, fixture.time(), 3, () -> random.between(1, 3), 1));
  }
}
