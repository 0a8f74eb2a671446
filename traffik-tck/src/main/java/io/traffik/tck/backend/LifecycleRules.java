package io.traffik.tck.backend;

import static io.traffik.tck.backend.BackendFixture.slow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.fail;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.BackendClosedException;
import io.traffik.BackendException;
import io.traffik.BackendScope;
import io.traffik.Throttle;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import io.traffik.tck.FakeConnection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Opening, resetting and closing backends, and backend scopes: L1 to L4. */
interface LifecycleRules {

  @Test
  default void l1_aBackendIsReadyWhenBuiltAndOpeningItChangesNothing(BackendFixture fixture) {
    String name = fixture.freshNamespace();
    Backend backend = fixture.backend(name);
    assertEquals(name, backend.namespace(), "namespace() of a new backend");
    BucketOracle client = fixture.client(backend, slow(3));
    Assert.granted(client.hit(1), "a hit before the backend was opened");
    for (int left = 2; left > 0; left--) {
      backend.open();
      assertEquals(left, client.tokens(), "tokens of 3 after open()");
      client.hit(1);
    }
  }

  @Test
  default void l2_resetRemovesTheBucketsOfItsNamespaceAndNoOthers(BackendFixture fixture) {
    Map<String, Backend> backends = new LinkedHashMap<>();
    for (String name : SimilarNamespaces.alike(fixture.freshNamespace())) {
      backends.put(name, fixture.backend(name));
      hitAll(backends.get(name));
    }
    backends.forEach(
        (reset, backend) -> {
          backend.reset();
          Assert.that(
              hitAll(backend), () -> "reset() of \"" + reset + "\" must remove its own buckets");
          backends.forEach(
              (name, other) ->
                  Assert.that(
                      !hitAny(other),
                      () ->
                          "reset() of \""
                              + reset
                              + "\" must not remove buckets of \""
                              + name
                              + "\""));
        });
  }

  @Test
  default void l2_aResetBackendWorksAsANewOne(BackendFixture fixture) {
    Backend backend = fixture.backend();
    backend.reset();
    for (int round = 0; round < 3; round++) {
      BucketOracle client = fixture.client(backend, slow(5), slow(3));
      client.hit(3);
      client.hit(1);
      if (round == 1) {
        EntryPoint.await(backend.resetAsync());
      } else {
        backend.reset();
      }
    }
  }

  private static boolean hitAll(Backend backend) {
    boolean all = true;
    for (BucketKey key : keys()) {
      all &= key.hit(backend, List.of(slow(1)));
    }
    return all;
  }

  private static boolean hitAny(Backend backend) {
    boolean any = false;
    for (BucketKey key : keys()) {
      any |= key.hit(backend, List.of(slow(1)));
    }
    return any;
  }

  private static List<BucketKey> keys() {
    return List.of(
        new BucketKey("api", "client", "GET /"),
        new BucketKey("X", "", ""),
        new BucketKey(":", "*", "\n"));
  }

  @Test
  default void l3_closingTwiceIsAllowed(BackendFixture fixture) {
    Backend backend = fixture.backend();
    fixture.client(backend, slow(1)).hit(1);
    backend.close();
    backend.close();
    Backend unused = fixture.backend();
    unused.close();
    unused.close();
  }

  @Test
  default void l3_useAfterCloseThrowsBackendClosedException(BackendFixture fixture) {
    Backend backend = fixture.backend();
    backend.close();
    QuotaPolicy one = BackendFixture.policy(slow(1));
    QuotaPolicy two = BackendFixture.policy(slow(1), slow(2));
    Map<String, Executable> uses = new LinkedHashMap<>();
    for (Operation operation : operations(backend)) {
      for (EntryPoint entryPoint : EntryPoint.ALL) {
        uses.put(
            operation + " of one rate by " + entryPoint,
            () -> entryPoint.call(backend, new BackendCall(operation, one, "client", "", 1)));
        uses.put(
            operation + " of two rates by " + entryPoint,
            () -> entryPoint.call(backend, new BackendCall(operation, two, "client", "", 1)));
      }
    }
    uses.put("open", backend::open);
    uses.put("reset", backend::reset);
    uses.forEach(
        (use, call) ->
            assertThrows(BackendClosedException.class, call, () -> use + " after close"));
  }

  @Test
  default void l3_t7_asynchronousUseAfterCloseFailsTheStageAndThrowsNothing(
      BackendFixture fixture) {
    Backend backend = fixture.backend();
    backend.close();
    Map<String, Supplier<CompletionStage<?>>> uses = new LinkedHashMap<>();
    for (Operation operation : operations(backend)) {
      BackendCall call =
          new BackendCall(operation, BackendFixture.policy(slow(1)), "client", "", 1);
      uses.put(operation + " by decideAsync", () -> backend.decideAsync(call));
      uses.put(operation + " by decideAllAsync", () -> backend.decideAllAsync(List.of(call)));
    }
    uses.put("resetAsync", backend::resetAsync);
    uses.forEach(
        (use, call) -> {
          CompletionStage<?> stage = stage(use + " after close", call);
          assertThrows(
              BackendClosedException.class,
              () -> EntryPoint.await(stage),
              () -> "exception of the stage of " + use + " after close");
        });
  }

  @Test
  default void l3_closingOneBackendLeavesTheOthersOpen(BackendFixture fixture) {
    String name = fixture.freshNamespace();
    Backend closed = fixture.backend(name);
    Backend sibling = fixture.sharesBuckets() ? fixture.backend(name) : fixture.backend();
    List<BucketOracle> others =
        List.of(fixture.client(sibling, slow(10)), fixture.client(fixture.backend(), slow(10)));
    others.forEach(other -> other.hit(4));
    closed.close();
    for (BucketOracle other : others) {
      assertEquals(6, other.tokens(), "tokens of 10 after another backend was closed");
      Assert.granted(other.hit(6), "a hit after another backend was closed");
    }
  }

  @Test
  default void l3_closingDuringHitsCausesOnlyTheDocumentedExceptions(BackendFixture fixture)
      throws Exception {
    for (int round = 0; round < 10; round++) {
      Backend backend = fixture.backend();
      QuotaPolicy policy = BackendFixture.policy(slow(1_000_000));
      ConcurrentTasks.run(
          4,
          thread -> {
            for (int i = 0; i < 200; i++) {
              if (thread == 0 && i == 20) {
                backend.close();
              }
              if (!isOpen(backend, policy)) {
                return;
              }
            }
          });
    }
  }

  /** Hits, and returns whether the backend was open; only two exceptions are allowed. */
  private static boolean isOpen(Backend backend, QuotaPolicy policy) {
    try {
      backend.decide(new BackendCall(Operation.HIT, policy, "client", "", 1));
      return true;
    } catch (BackendClosedException | BackendException e) {
      return false;
    }
  }

  @Test
  default void l4_insideScopesTheInnermostBackendIsUsed(BackendFixture fixture) {
    Throttle throttle = Throttle.builder("api").rate(slow(1)).build();
    FakeConnection client = FakeConnection.get("/");
    BackendScope outer = BackendScope.enter(fixture.backend());
    try {
      Assert.granted(throttle.hit(client).allowed(), "the first hit inside a scope");
      BackendScope inner = BackendScope.enter(fixture.backend());
      try {
        Assert.granted(throttle.hit(client).allowed(), "the first hit inside an inner scope");
        Assert.denied(throttle.hit(client).allowed(), "the second hit inside an inner scope");
      } finally {
        inner.close();
      }
      Assert.denied(throttle.hit(client).allowed(), "the second hit inside the outer scope");
    } finally {
      outer.close();
    }
  }

  @Test
  default void l4_leavingTheApplicationsScopeResetsUnlessPersistentAndCloses(
      BackendFixture fixture) {
    String name = fixture.freshNamespace();
    Backend backend = fixture.backend(name);
    BucketOracle client = fixture.client(backend, slow(10));
    BackendScope application = BackendScope.application(backend);
    try {
      client.hit(4);
      BackendScope.enter(backend).close();
      BackendScope.application(backend).close();
      assertEquals(
          6, client.tokens(), "tokens of 10 after inner scopes of the backend were closed");
    } finally {
      application.close();
    }
    assertThrows(
        BackendClosedException.class,
        () -> client.hit(1),
        "a hit after the application's scope was closed");
    long expected = fixture.sharesBuckets() && backend.persistent() ? 6 : 10;
    BucketOracle next = fixture.client(fixture.backend(name), slow(10));
    assertEquals(
        expected,
        next.peek(0)[0] / slow(10).nanosPerToken(),
        "tokens of 10 after the application's scope was closed");
  }

  /** The operations that throttles pass to the backend. */
  private static List<Operation> operations(Backend backend) {
    return backend.supportsDebt()
        ? List.of(Operation.values())
        : List.of(Operation.HIT, Operation.PEEK, Operation.REFUND);
  }

  /** Calls an asynchronous method, which must return a stage and must not throw. */
  private static CompletionStage<?> stage(
      String description, Supplier<? extends CompletionStage<?>> call) {
    CompletionStage<?> stage;
    try {
      stage = call.get();
    } catch (Throwable t) {
      return fail(description + " must fail the stage, but threw " + t, t);
    }
    Assert.that(stage != null, () -> description + " must return a stage, but returned null");
    return stage;
  }
}
