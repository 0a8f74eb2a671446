package io.traffik.tck.backend;

import static io.traffik.tck.backend.BackendFixture.slow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.ConnectionView;
import io.traffik.Identity;
import io.traffik.Rate;
import io.traffik.Scope;
import io.traffik.Throttle;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import io.traffik.tck.FakeConnection;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Buckets are shared by equal keys and namespaces only: K1, K4, K6. */
interface KeyRules {

  @Test
  default void k1_bucketsAreSharedByEqualKeysOnly(BackendFixture fixture) {
    differentKeysNeverMeet(fixture, List.of(slow(1)));
  }

  @Test
  default void k1_bucketsOfSeveralRatesAreSharedByEqualKeysOnly(BackendFixture fixture) {
    differentKeysNeverMeet(fixture, List.of(slow(1), slow(1)));
  }

  private static void differentKeysNeverMeet(BackendFixture fixture, List<Rate> rates) {
    Backend backend = fixture.backend();
    List<BucketKey> earlier = new ArrayList<>();
    for (BucketKey key : BucketKey.all()) {
      if (!key.hit(backend, rates)) {
        fail(
            "(uid, identity, scope) " + key + " shares a bucket" + conflict(fixture, key, earlier));
      }
      earlier.add(key);
    }
    for (BucketKey key : earlier) {
      Assert.that(
          !key.hit(backend, rates),
          () -> "(uid, identity, scope) " + key + " must find its bucket again, but got a new one");
    }
  }

  /** The key that shares its bucket with another key, found with new backends. */
  private static String conflict(BackendFixture fixture, BucketKey key, List<BucketKey> earlier) {
    for (BucketKey other : earlier) {
      Backend backend = fixture.backend();
      boolean conflicts =
          other.hit(backend, List.of(slow(1))) && !key.hit(backend, List.of(slow(1)));
      fixture.dispose(backend);
      if (conflicts) {
        return " with " + other;
      }
    }
    return " with another key; none of the earlier keys causes that alone";
  }

  @Test
  default void k4_equalPoliciesShareBuckets(BackendFixture fixture) {
    Backend backend = fixture.backend();
    for (int left = 2; left >= 0; left--) {
      QuotaPolicy policy = BackendFixture.policy(slow(3));
      long margin = backend.decideSingle(Operation.HIT, policy, "client", "", 1, 0);
      assertEquals(
          left,
          margin / policy.rate(0).nanosPerToken(),
          "tokens left after hits by several equal policies");
    }
  }

  @Test
  default void k4_anotherNamespaceNeverSharesBuckets(BackendFixture fixture) {
    BucketKey key = new BucketKey("api", "client", "GET /");
    List<String> names = SimilarNamespaces.alike(fixture.freshNamespace());
    for (String name : names) {
      Assert.that(
          key.hit(fixture.backend(name), List.of(slow(1))),
          () -> "namespace \"" + name + "\" must not share buckets with another of " + names);
    }
  }

  @Test
  default void k4_backendsOfOneNamespaceShareBucketsIfDeclared(BackendFixture fixture) {
    String name = fixture.freshNamespace();
    BucketOracle one = fixture.client(fixture.backend(name), slow(10), slow(20));
    one.hit(4);
    Backend other = fixture.backend(name);
    QuotaPolicy policy = BackendFixture.policy(slow(10), slow(20));
    long[] held = other.decide(new BackendCall(Operation.PEEK, policy, "client", "scope", 0));
    assertEquals(
        fixture.sharesBuckets() ? 6 : 10,
        held[0] / policy.rate(0).nanosPerToken(),
        "tokens of 10 in a second backend of one namespace after a hit of 4 in the first;"
            + " sharesBuckets() is "
            + (fixture.sharesBuckets() ? "true" : "false, the default"));
  }

  @Test
  default void k6_aHitByIdentityAloneUsesTheBucketOfAllRoutes(BackendFixture fixture) {
    Backend backend = fixture.backend();
    Identity identity = Identity.of("client");
    Throttle jobs = Throttle.builder("api").rate(slow(10)).backend(backend).build();
    Throttle requests =
        Throttle.builder("api")
            .rate(slow(10))
            .backend(backend)
            .scope(Scope.ALL_ROUTES)
            .identifier(view -> identity)
            .build();
    FakeConnection request = FakeConnection.get("/users/7");
    Assert.granted(jobs.hit(identity).allowed(), "a hit by identity alone");
    requests.hit(request, 4);
    assertEquals(
        5,
        jobs.peek(ConnectionView.of(identity)).remaining(),
        "tokens of 10 after a hit by identity and a request of 4 in the scope of all routes");
    jobs.refund(ConnectionView.of(identity), 10);
    assertEquals(
        10, requests.peek(request).remaining(), "tokens after a client was refilled by identity");
  }
}
