package io.traffik.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.lettuce.core.RedisClient;
import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.BackendException;
import io.traffik.BackendUsageException;
import io.traffik.ConnectionView;
import io.traffik.FailurePolicy;
import io.traffik.Identity;
import io.traffik.Rate;
import io.traffik.Throttle;
import io.traffik.redis.server.NeedsProcesses;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Blocking calls in the stages of asynchronous calls over Lettuce. */
@NeedsProcesses
final class BlockingOnEventLoopTest {

  private static final Duration DEADLINE = Duration.ofSeconds(10);
  private static final ConnectionView VIEW = ConnectionView.of(Identity.of("client"));
  private static final BackendCall HIT =
      new BackendCall(
          Operation.HIT, QuotaPolicy.of("direct", List.of(Rate.perHour(1_000))), "client", "", 1);

  enum Topology {
    STANDALONE,
    CLUSTER;

    Backend backend() {
      LettuceBackendBuilder builder =
          RedisBackend.lettuce("loop-" + Long.toHexString(System.nanoTime())).deadline(DEADLINE);
      return this == STANDALONE
          ? builder.uri(RedisContract.standaloneUri()).build()
          : builder.cluster(RedisContract.nodeUris()).build();
    }
  }

  private static Throttle throttle(Backend backend) {
    return Throttle.builder("api")
        .rate("1000/h")
        .backend(backend)
        .onBackendFailure(FailurePolicy.ALLOW)
        .build();
  }

  /**
   * Runs an action in a stage of an asynchronous hit, and returns what it throws. A stage that has
   * completed already runs the action on this thread, so another attempt is made.
   */
  private static Throwable thrownInStage(Throttle throttle, ThrowingCallable action) {
    Thread caller = Thread.currentThread();
    // Otherwise the stage may complete on the thread that connects, which may block.
    throttle.hit(VIEW);
    while (true) {
      CompletableFuture<Throwable> thrown = new CompletableFuture<>();
      var unused =
          throttle
              .hitAsync(VIEW)
              .thenRun(
                  () ->
                      thrown.complete(
                          Thread.currentThread() == caller
                              ? new AssertionError("on the caller's thread")
                              : catchThrowable(action)));
      Throwable result = thrown.join();
      if (!(result instanceof AssertionError)) {
        return result;
      }
    }
  }

  private static void requireMistake(Throwable thrown) {
    assertThat(thrown)
        .isExactlyInstanceOf(BackendUsageException.class)
        .hasMessageContaining("hitAsync")
        .hasMessageContaining("thenApplyAsync");
  }

  @ParameterizedTest
  @EnumSource
  void f1_aBlockingHitOnAnEventLoopIsAMistakeAndNeverAllowed(Topology topology) {
    try (Backend backend = topology.backend()) {
      Throttle throttle = throttle(backend);
      requireMistake(thrownInStage(throttle, () -> throttle.hit(VIEW)));
    }
  }

  @ParameterizedTest
  @EnumSource
  void f1_everyBlockingMethodFailsAtOnceOnAnEventLoop(Topology topology) {
    try (Backend backend = topology.backend()) {
      Throttle throttle = throttle(backend);
      for (ThrowingCallable call :
          Stream.<ThrowingCallable>of(
                  () -> backend.decide(HIT),
                  () -> backend.decideSingle(Operation.HIT, HIT.policy(), "client", "", 1, 0),
                  () ->
                      backend.decideInto(
                          Operation.HIT, HIT.policy(), "client", "", 1, 0, new long[1]),
                  () -> backend.decideAll(List.of(HIT, HIT)),
                  () -> backend.decideTogether(List.of(HIT, HIT)),
                  backend::reset,
                  backend::open)
              .toList()) {
        requireMistake(thrownInStage(throttle, call));
      }
      assertThat(thrownInStage(throttle, () -> backend.decideAsync(HIT))).isNull();
    }
  }

  @Test
  void f1_theEventLoopOfTheUsersClientIsRecognised() {
    RedisClient client = RedisClient.create(RedisContract.standaloneUri());
    try (Backend backend = RedisBackend.lettuce("borrowed-loop").client(client).build()) {
      Throttle throttle = throttle(backend);
      requireMistake(thrownInStage(throttle, () -> throttle.hit(VIEW)));
    } finally {
      client.shutdown();
    }
  }

  @Test
  void f1_aBlockingHitOnAnotherExecutorIsAnswered() {
    ExecutorService executor = Executors.newSingleThreadExecutor();
    try (Backend backend = Topology.STANDALONE.backend()) {
      Throttle throttle = throttle(backend);
      assertThat(
              throttle
                  .hitAsync(VIEW)
                  .thenApplyAsync(decision -> throttle.hit(VIEW), executor)
                  .toCompletableFuture()
                  .join()
                  .degraded())
          .isFalse();
    } finally {
      executor.shutdownNow();
    }
  }

  /** Also if the thread of the failed attempt has never received an answer. */
  @Test
  void f1_aBlockingHitAfterAFailedAttemptToConnectDoesNotHang() {
    try (Backend backend =
        RedisBackend.lettuce("unreachable").uri("redis://127.0.0.1:1").deadline(DEADLINE).build()) {
      Throwable thrown =
          backend
              .decideAsync(HIT)
              .handle((margins, failure) -> catchThrowable(() -> backend.decide(HIT)))
              .toCompletableFuture()
              .join();
      assertThat(thrown).isInstanceOfAny(IllegalStateException.class, BackendException.class);
    }
  }
}
