package io.traffik.tck.backend;

import static io.traffik.tck.backend.BackendFixture.slow;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.traffik.Rate;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A throttle whose rates change keeps its clients' buckets: B11. */
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
    Assert.denied(
        client.hit(10), "a hit of the capacity on a bucket that was empty when its rate changed");
    time.elapse(time.unit() * 5);
    client.hit(4);
    client.hit(4);
  }

  @Test
  default void b11_aLongerPeriodKeepsTheInstantAtWhichTheBucketIsFull(BackendFixture fixture) {
    TestTime time = fixture.time();
    BucketOracle client = fixture.client(time.tenTokens());
    client.hit(10);
    // The bucket is full in ten units as before; the new rate alone would refill less than a token.
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
    assertEquals(
        7, client.tokens(), "tokens after the capacity grew from 10 to 15, with 8 tokens missing");
    Assert.granted(client.hit(7), "a hit of the 7 tokens left after the capacity grew");
    Assert.denied(client.hit(1), "a hit of 1 on a bucket that is empty after the capacity grew");
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
      assertEquals(16 - 2 * i, client.tokens(), "tokens after the capacity changed from 10 to 20");
      client.hit(1);
      client.change(slow(10));
      assertEquals(5 - 2 * i, client.tokens(), "tokens after the capacity changed from 20 to 10");
      client.hit(1);
    }
    Assert.granted(client.hit(0), "a hit of 0");
    Assert.denied(client.hit(1), "a hit of 1 on a bucket that is empty after several changes");
  }

  @Test
  default void b11_anAddedRateStartsFullAndLeavesTheOthersUnchanged(BackendFixture fixture) {
    BucketOracle client = fixture.client(slow(10));
    client.hit(7);
    client.change(slow(10), slow(5));
    client.hit(4);
    Assert.granted(
        client.hit(3),
        "a hit of the 3 tokens that the first rate has left after a second rate was added");
    Assert.denied(
        client.hit(1), "a hit of 1 after the first rate is empty and a second rate was added");
  }

  @Test
  default void b11_aRemovedRateNoLongerCountsAndLeavesTheOthersUnchanged(BackendFixture fixture) {
    BucketOracle client = fixture.client(slow(10), slow(5));
    client.hit(5);
    client.hit(1);
    client.change(slow(10));
    Assert.granted(
        client.hit(5),
        "a hit of the tokens that the first rate has left after the second rate was removed");
    Assert.denied(
        client.hit(1), "a hit of 1 after the first rate is empty and the second rate was removed");
  }

  /** Two releases that run at the same time can differ in their rates. */
  @Test
  default void b3_k1_aRateThatIsRemovedAndAddedAgainKeepsItsBucket(BackendFixture fixture) {
    BucketOracle client = fixture.client(slow(10), slow(5));
    client.hit(4);
    client.change(slow(10));
    client.hit(3);
    client.change(slow(10), slow(5));
    Assert.granted(
        client.hit(1), "a hit of the token left in a rate that was removed and added again");
    Assert.denied(client.hit(1), "a hit of 1 on an empty rate that was removed and added again");
  }
}
