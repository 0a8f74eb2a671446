package io.traffik.tck;

import org.junit.jupiter.api.Test;

/** Random histories, answered as {@link io.traffik.bucket.TokenBucket} does. */
interface HistoryRules {

  @Test
  default void b1_b2_b4_b6_b12_randomHistoriesAreAnsweredAsTheArithmeticDoes(BackendFixture bench) {
    Histories.check(bench, draw -> History.draw(draw, bench.time(), 1, () -> 1, 1));
  }

  @Test
  default void b9_k1_randomHistoriesOfSeveralRatesAndClientsAreAnsweredSo(BackendFixture bench) {
    Histories.check(
        bench, draw -> History.draw(draw, bench.time(), 1, () -> draw.between(1, 4), 3));
  }

  @Test
  default void b11_randomHistoriesOfChangingRatesAreAnsweredSo(BackendFixture bench) {
    Histories.check(
        bench,
        draw -> {
          int rates = draw.between(1, 2);
          return History.draw(draw, bench.time(), 3, () -> rates, 1);
        });
  }

  @Test
  default void b11_k1_randomHistoriesOfRatesThatComeAndGoAreAnsweredSo(BackendFixture bench) {
    Histories.check(
        bench, draw -> History.draw(draw, bench.time(), 3, () -> draw.between(1, 3), 1));
  }
}
