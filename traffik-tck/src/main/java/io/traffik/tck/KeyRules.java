package io.traffik.tck;

import static io.traffik.tck.BackendFixture.slow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.QuotaPolicy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who shares a bucket with whom: K1, K4. */
interface KeyRules {

  @Test
  default void k1_differentKeysNeverMeetAndTheSameAlwaysDo(BackendFixture bench) {
    differentKeysNeverMeet(bench, List.of(slow(1)));
  }

  @Test
  default void k1_differentKeysOfSeveralRatesNeverMeetAndTheSameAlwaysDo(BackendFixture bench) {
    differentKeysNeverMeet(bench, List.of(slow(1), slow(1)));
  }

  private static void differentKeysNeverMeet(BackendFixture bench, List<Rate> rates) {
    Backend backend = bench.backend();
    List<BucketKey> earlier = new ArrayList<>();
    for (BucketKey tuple : BucketKey.all()) {
      if (!tuple.hit(backend, rates)) {
        fail("(uid, identity, scope) " + tuple + " shares a bucket" + other(bench, tuple, earlier));
      }
      earlier.add(tuple);
    }
    for (BucketKey tuple : earlier) {
      Require.that(
          !tuple.hit(backend, rates),
          () -> "(uid, identity, scope) " + tuple + " found a second bucket when it came again");
    }
  }

  /** With whom a key shares its bucket, found out in fresh backends. */
  private static String other(BackendFixture bench, BucketKey tuple, List<BucketKey> earlier) {
    for (BucketKey other : earlier) {
      Backend backend = bench.backend();
      boolean met = other.hit(backend, List.of(slow(1))) && !tuple.hit(backend, List.of(slow(1)));
      bench.discard(backend);
      if (met) {
        return " with " + other;
      }
    }
    return ", though with none of the earlier ones alone";
  }

  @Test
  default void k4_policiesOfEqualNamesAndRatesShareBuckets(BackendFixture bench) {
    Backend backend = bench.backend();
    for (int left = 2; left >= 0; left--) {
      QuotaPolicy policy = BackendFixture.policy(slow(3));
      long margin = backend.decideSingle(Operation.HIT, policy, "client", "", 1);
      assertEquals(
          left,
          margin / policy.rate(0).nanosPerToken(),
          "tokens left, asked by another policy object of the same name and rate");
    }
  }

  @Test
  default void k4_anotherNamespaceNeverSharesBuckets(BackendFixture bench) {
    BucketKey tuple = new BucketKey("api", "client", "GET /");
    List<String> names = Namespaces.alike(bench.freshNamespace());
    for (String name : names) {
      Require.that(
          tuple.hit(bench.backend(name), List.of(slow(1))),
          () -> "namespace \"" + name + "\" shares buckets with one of " + names);
    }
  }

  @Test
  default void k4_backendsOfOneNamespaceShareBucketsIfTheySaySo(BackendFixture bench) {
    String name = bench.freshNamespace();
    BucketOracle one = bench.account(bench.backend(name), slow(10), slow(20));
    one.hit(4);
    Backend other = bench.backend(name);
    QuotaPolicy policy = BackendFixture.policy(slow(10), slow(20));
    long[] held = other.decide(Operation.PEEK, policy, "client", "scope", 0);
    assertEquals(
        bench.sharesBuckets() ? 6 : 10,
        held[0] / policy.rate(0).nanosPerToken(),
        "tokens of 10 that a second backend of one namespace finds after a hit of 4 on the first,"
            + " where sharesBuckets() is "
            + (bench.sharesBuckets() ? "true" : "false, as it is unless overridden"));
  }
}
