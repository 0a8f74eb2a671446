package io.traffik.tck.backend;

import static io.traffik.tck.backend.BackendFixture.slow;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.BackendCall;
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
  default void b11_aLongerPeriodKeepsTheMissingTokens(BackendFixture fixture) {
    TestTime time = fixture.time();
    BucketOracle client = fixture.client(time.tenTokens());
    long before = time.now();
    client.hit(10);
    client.change(Rate.of(10, Duration.ofNanos(80 * time.unit())));
    client.hit(1);
    long changed = time.now();
    time.elapse(6 * time.unit());
    boolean granted = client.hit(1);
    long refilled = changed - before + (time.now() - before) / 8;
    Assert.denied(
        granted && refilled + time.drift(refilled) < time.unit(),
        "a hit of 1 on a bucket that was empty before its rate became slower");
    time.elapse(2 * time.unit());
    client.hit(1);
    client.hit(1);
  }

  @Test
  default void b4_b11_aRaisedRateHelpsAWaitingClientAtOnce(BackendFixture fixture) {
    TestTime time = fixture.time();
    BucketOracle client = fixture.client(slow(10));
    client.hit(10);
    client.hit(1);
    client.change(time.tenTokens());
    DenialExpiry expiry = DenialExpiry.ofHit(client, 1, 0, time);
    Assert.that(
        expiry.waitNanos() <= time.unit() + time.tolerance(time.tenTokens(), time.unit()),
        () ->
            "an empty bucket whose rate was raised has its next token after "
                + FailureText.time(time.unit())
                + ", but the denial named a wait of "
                + FailureText.time(expiry.waitNanos()));
    expiry.assertEndsOnTime();
  }

  /** A denial that does not write the speed would name a wait that depends on the other version. */
  @Test
  default void b4_b11_aDenialEndsExactlyWhenItSaysWhicheverVersionWroteTheBucket(
      BackendFixture fixture) {
    TestTime time = fixture.time();
    Rate slower = Rate.of(10, Duration.ofNanos(40 * time.unit()));
    for (Rate[] versions :
        new Rate[][] {
          {time.tenTokens(), slower},
          {slower, time.tenTokens()},
          {time.tenTokens(), slower.withCapacity(3)},
          {slower.withCapacity(12), time.tenTokens().withCapacity(11)}
        }) {
      BucketOracle client = fixture.client(versions[0]);
      client.hit(versions[0].capacity());
      client.change(versions[1]);
      DenialExpiry expiry = DenialExpiry.ofHit(client, 1, 0, time);
      expiry.assertEndsOnTime();
    }
  }

  @Test
  default void b4_b11_repeatedDenialsOfAnotherVersionDoNotMoveTheirEnd(BackendFixture fixture) {
    TestTime time = fixture.time();
    BucketOracle client = fixture.client(time.tenTokens());
    client.hit(10);
    client.change(Rate.of(10, Duration.ofNanos(40 * time.unit())));
    DenialExpiry first = DenialExpiry.ofHit(client, 2, 0, time);
    for (int i = 0; i < 3; i++) {
      time.elapse(2 * time.unit());
      if (client.hit(2)) {
        // In real time the tokens may have refilled already; the oracle has checked that.
        return;
      }
    }
    first.assertEndsOnTime();
  }

  @Test
  default void b3_b11_twoLiveVersionsGrantAtMostTheLargerCapacityAndTheFasterRefill(
      BackendFixture fixture) {
    TestTime time = fixture.time();
    Rate rate = Rate.of(20, Duration.ofNanos(20 * time.unit()));
    Rate faster = Rate.of(20, Duration.ofNanos(5 * time.unit()));
    for (Rate[] versions :
        new Rate[][] {
          {rate, rate.withCapacity(4)},
          {rate, faster},
          {rate, faster.withCapacity(1)},
          {rate.withCapacity(3), faster.withCapacity(7)}
        }) {
      TwoVersions.of(fixture, versions[0], versions[1]).assertWithinBound();
    }
  }

  @Test
  default void b11_b12_callsThatTakeNothingLeaveTheSpeedUnchanged(BackendFixture fixture) {
    TestTime time = fixture.time();
    for (EntryPoint entryPoint : EntryPoint.ALL) {
      BucketOracle client = fixture.client(time.tenTokens());
      client.hit(10);
      client.change(slow(10));
      client.call(Operation.PEEK, 1, entryPoint);
      client.call(Operation.HIT, 0, entryPoint);
      client.call(Operation.REFUND, 0, entryPoint);
      time.elapse(2 * time.unit() + time.drift(2 * time.unit()));
      client.change(time.tenTokens());
      Assert.granted(
          client.hit(2), "a hit of the tokens that refilled while another version only peeked");
    }
  }

  /** Ten tokens of the second rate would take more than 140 years. */
  @Test
  default void b4_b11_aDebtTooLongForTheNewRateGoesOnRefillingAtTheOldOne(BackendFixture fixture) {
    TestTime time = fixture.time();
    Backend backend = fixture.backend();
    BackendCall hit =
        new BackendCall(
            Operation.HIT, BackendFixture.policy(time.tenTokens()), "client", "scope", 10);
    BackendCall slowHit =
        new BackendCall(
            Operation.HIT,
            BackendFixture.policy(Rate.of(1, Duration.ofDays(50_000))),
            "client",
            "scope",
            1);
    long before = time.now();
    backend.decide(hit);
    long wait = BucketOracle.waitNanos(backend.decide(slowHit));
    long elapsed = time.now() - before;
    if (elapsed > 8 * time.unit()) {
      // In real time so few tokens may be missing that their debt is below 140 years.
      return;
    }
    long fill = time.tenTokens().fillNanos();
    long drift = time.tolerance(time.tenTokens(), fill);
    Assert.that(
        wait <= fill + drift && wait >= fill - drift - elapsed,
        () ->
            "the wait for a token of 136 years after ten of "
                + FailureText.time(time.unit())
                + " were taken must be "
                + FailureText.time(fill)
                + ", was "
                + FailureText.time(wait));
    time.elapse(wait + drift);
    Assert.granted(
        slowHit.isGranted(backend.decide(slowHit)),
        "a hit that was denied and repeated afterwards");
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
  default void b11_aSmallerCapacityForgivesNoMissingTokens(BackendFixture fixture) {
    BucketOracle empty = fixture.client(slow(10));
    empty.hit(10);
    empty.change(slow(10).withCapacity(4));
    assertEquals(-6, empty.tokens(), "tokens of a capacity of 4, with 10 tokens missing");
    empty.hit(1);
    assertEquals(-6, empty.tokens(), "tokens of a capacity of 4 after a denial");
    TestTime time = fixture.time();
    BucketOracle client = fixture.client(time.tenTokens());
    long before = time.now();
    client.hit(10);
    client.change(time.tenTokens().withCapacity(4));
    client.hit(1);
    time.elapse(5 * time.unit());
    boolean granted = client.hit(1);
    long elapsed = time.now() - before;
    Assert.denied(
        granted && elapsed + time.drift(elapsed) < 7 * time.unit(),
        "a hit of 1 on a capacity of 4 before 7 of 10 missing tokens refilled");
    client.hit(0);
    time.elapse(3 * time.unit());
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
