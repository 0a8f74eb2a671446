package io.traffik.tck.backend;

import static io.traffik.tck.backend.BackendFixture.slow;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.traffik.Rate;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A throttle that comes back with other rates finds its clients' buckets as they are: B11. */
interface RateChangeRules {

  @Test
  default void b11_aShorterPeriodAppliesAtOnceAndAddsNothingToAnEmptyBucket(
      BackendFixture fixture) {
    TestTime time = fixture.time();
    BucketOracle client = fixture.client(slow(10));
    client.hit(10);
    client.change(time.tenTokens());
    client.hit(1);
    time.elapse(time.unit() * 3 / 2);
    client.hit(1);
    client.hit(1);
    time.elapse(time.tenTokens().fillNanos());
    client.hit(10);
  }

  @Test
  default void b2_b11_aDenialMovesTheBucketToTheNewRate(BackendFixture fixture) {
    TestTime time = fixture.time();
    BucketOracle client = fixture.client(slow(10), slow(20));
    client.hit(10);
    client.change(time.tenTokens(), Rate.of(20, Duration.ofNanos(10 * time.unit())));
    Assert.denied(client.hit(10), "all of a bucket that was empty when its rate changed");
    time.elapse(time.unit() * 5);
    client.hit(4);
    client.hit(4);
  }

  @Test
  default void b11_aLongerPeriodKeepsTheInstantAtWhichTheBucketIsFull(BackendFixture fixture) {
    TestTime time = fixture.time();
    BucketOracle client = fixture.client(time.tenTokens());
    client.hit(10);
    // Full in ten units as before, in which less than one token of the new rate refills.
    client.change(Rate.of(10, Duration.ofNanos(200 * time.unit())));
    client.hit(9);
    client.hit(1);
    time.elapse(10 * time.unit());
    client.hit(1);
  }

  @Test
  default void b11_aLargerCapacityAddsItsTokensAtOnce(BackendFixture fixture) {
    BucketOracle client = fixture.client(slow(10));
    client.hit(8);
    client.change(slow(10).withCapacity(15));
    assertEquals(7, client.tokens(), "tokens of 15 of which 8 are missing");
    Assert.granted(client.hit(7), "what is there of a larger capacity");
    Assert.denied(client.hit(1), "more than is there of a larger capacity");
  }

  @Test
  default void b11_aSmallerCapacityCapsTheMissingTokens(BackendFixture fixture) {
    TestTime time = fixture.time();
    BucketOracle client = fixture.client(time.tenTokens());
    client.hit(10);
    client.change(time.tenTokens().withCapacity(4));
    client.hit(1);
    time.elapse(2 * time.unit());
    client.hit(2);
    client.hit(1);
  }

  @Test
  default void b11_changesInBothDirectionsKeepTheMissingTokens(BackendFixture fixture) {
    BucketOracle client = fixture.client(slow(10));
    client.hit(4);
    for (int i = 0; i < 3; i++) {
      client.change(slow(10).withCapacity(20));
      assertEquals(16 - 2 * i, client.tokens(), "tokens of 20 after a change");
      client.hit(1);
      client.change(slow(10));
      assertEquals(5 - 2 * i, client.tokens(), "tokens of 10 after a change back");
      client.hit(1);
    }
    Assert.granted(client.hit(0), "a free hit");
    Assert.denied(client.hit(1), "more than is left after changes and ten hits");
  }

  @Test
  default void b11_anAddedRateStartsFullAndLeavesTheOthersUnchanged(BackendFixture fixture) {
    BucketOracle client = fixture.client(slow(10));
    client.hit(7);
    client.change(slow(10), slow(5));
    client.hit(4);
    Assert.granted(client.hit(3), "what the first rate has left, once a second is added");
    Assert.denied(client.hit(1), "more than the first rate has left, once a second is added");
  }

  @Test
  default void b11_aRemovedRateNoLongerCountsAndLeavesTheOthersUnchanged(BackendFixture fixture) {
    BucketOracle client = fixture.client(slow(10), slow(5));
    client.hit(5);
    client.hit(1);
    client.change(slow(10));
    Assert.granted(client.hit(5), "what the first rate has left, once the second is gone");
    Assert.denied(client.hit(1), "more than the first rate has left, once the second is gone");
  }

  /** As where two releases run side by side, of which one does not know the second rate. */
  @Test
  default void b3_k1_aRateThatIsRemovedAndAddedAgainKeepsItsBucket(BackendFixture fixture) {
    BucketOracle client = fixture.client(slow(10), slow(5));
    client.hit(4);
    client.change(slow(10));
    client.hit(3);
    client.change(slow(10), slow(5));
    Assert.granted(client.hit(1), "what a second rate has left that was gone for a while");
    Assert.denied(client.hit(1), "more than a second rate has left that was gone for a while");
  }
}
