package io.traffik.tck.backend;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.BackendCall;
import java.util.List;

/**
 * Two versions of a rate that hit the same bucket in turns, as during a rolling deployment.
 *
 * @param bound a rate with the larger capacity and the faster refill
 */
record TwoVersions(
    Backend backend, TestTime time, SeededRandom random, List<Rate> versions, Rate bound) {

  private static final int HITS = 200;

  static TwoVersions of(BackendFixture fixture, Rate one, Rate other) {
    Rate faster = one.nanosPerToken() < other.nanosPerToken() ? one : other;
    return new TwoVersions(
        fixture.backend(),
        fixture.time(),
        new SeededRandom(fixture.seed()),
        List.of(one, other),
        faster.withCapacity(Math.max(one.capacity(), other.capacity())));
  }

  /** Hits as often as possible, and checks the tokens granted over every span. */
  void assertWithinBound() {
    GrantLog grants = new GrantLog(bound);
    long end = time.now() + 20 * time.unit();
    for (int i = 0; i < HITS && time.now() < end; i++) {
      Rate rate = versions.get(i % 2);
      BackendCall hit =
          new BackendCall(Operation.HIT, BackendFixture.policy(rate), "client", "scope", 1);
      long before = time.now();
      if (hit.isGranted(backend.decide(hit))) {
        grants.add(1, before, time.now());
        grants.assertWithinRate(time);
      }
      time.elapse(random.between(0, 3) == 0 ? random.between(0, bound.nanosPerToken()) : 0);
    }
  }
}
