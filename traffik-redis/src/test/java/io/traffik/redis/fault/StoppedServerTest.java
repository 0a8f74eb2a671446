package io.traffik.redis.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.BackendException;
import io.traffik.OverloadException;
import io.traffik.redis.server.Condition;
import io.traffik.redis.server.NeedsProcesses;
import io.traffik.redis.server.RedisProcess;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A server that is paused and resumed, like a process that is swapped out. The pause takes a second
 * by default; {@code -Dtraffik.redis.stop=5000} sets other milliseconds.
 */
@Isolated
@NeedsProcesses
@Tag("fault")
class StoppedServerTest {

  private static final long CAPACITY = 3_000;
  private static final int BURST = 24_000;
  private static final Duration STOP = Duration.ofMillis(Long.getLong("traffik.redis.stop", 1_000));

  @ParameterizedTest
  @EnumSource
  void s4_whileTheServerHangsCallsEndAtTheirDeadlineAndLateAnswersAreDropped(ClientLibrary client) {
    try (RedisProcess server = RedisProcess.start();
        Backend backend = client.standalone(server.uri().toString(), "stopped");
        LoadGenerator load = LoadGenerator.start(backend, CAPACITY, "client")) {
      load.awaitGranted(CAPACITY / 4);
      long start = System.nanoTime();
      server.pause();
      load.awaitFailures();
      Condition.await("the pause is over", () -> System.nanoTime() - start >= STOP.toNanos());
      server.resume();
      load.awaitAnswers();
      load.awaitDenied();
      load.requireRules(ClientLibrary.DEADLINE);
      load.requireGranted(CAPACITY, 0);
    }
  }

  /** When a client has no place left because the server hangs, the failure policy decides. */
  @ParameterizedTest
  @EnumSource
  void f1_f6_aHangingServerIsAFailureNotOverload(ClientLibrary client) {
    QuotaPolicy policy = LoadGenerator.policy(BURST);
    BackendCall hit = new BackendCall(Operation.HIT, policy, "client", "", 1);
    try (RedisProcess server = RedisProcess.start();
        Backend backend = client.standalone(server.uri().toString(), "hanging")) {
      backend.open();
      backend.decide(hit);
      server.pause();
      List<CompletableFuture<long[]>> answers = new ArrayList<>();
      Condition.await(
          "a call is refused, and fails as the store does",
          () -> {
            for (int i = 0; i < BURST; i++) {
              answers.add(backend.decideAsync(hit).toCompletableFuture());
            }
            return answers.stream()
                .filter(CompletableFuture::isCompletedExceptionally)
                .map(answer -> answer.handle((margins, thrown) -> thrown).join())
                .map(BackendException::unwrap)
                .anyMatch(
                    thrown ->
                        thrown instanceof BackendException
                            && thrown.getMessage().contains("no answer from Redis for "));
          });
      server.resume();
    }
  }

  /** Calls beyond the limit fail at once and are not sent later. */
  @ParameterizedTest
  @EnumSource
  void s4_callsInFlightAreBoundedWhileTheServerHangs(ClientLibrary client) {
    QuotaPolicy policy = LoadGenerator.policy(BURST);
    try (RedisProcess server = RedisProcess.start();
        Backend backend = client.standalone(server.uri().toString(), "burst")) {
      backend.open();
      backend
          .decideAsync(new BackendCall(Operation.HIT, policy, "client", "", 1))
          .toCompletableFuture()
          .join();
      server.pause();
      List<CompletableFuture<long[]>> answers = new ArrayList<>();
      AtomicLong maxCallNanos = new AtomicLong();
      SchedulingDelayProbe schedulingDelay = new SchedulingDelayProbe();
      schedulingDelay.start();
      // In the second burst, the calls of the first have timed out but are still in flight.
      for (int i = 0; i < 2 * BURST; i++) {
        if (i == BURST) {
          answers.forEach(StoppedServerTest::requireFailure);
        }
        long start = System.nanoTime();
        answers.add(
            backend
                .decideAsync(new BackendCall(Operation.HIT, policy, "client", "", 1))
                .toCompletableFuture()
                .whenComplete(
                    (margins, thrown) ->
                        maxCallNanos.accumulateAndGet(System.nanoTime() - start, Math::max)));
      }
      answers.forEach(StoppedServerTest::requireFailure);
      schedulingDelay.stopProbe();
      assertThat(Duration.ofNanos(maxCallNanos.get()))
          .as("longest call")
          .isLessThanOrEqualTo(
              ClientLibrary.DEADLINE.plusMillis(50).plusNanos(schedulingDelay.maxDelayNanos()));
      server.resume();
      Condition.await("answers again", () -> answers(backend, policy));
      long remaining =
          backend.decide(new BackendCall(Operation.PEEK, policy, "client", "", 0))[0]
              / policy.rate(0).nanosPerToken();
      assertThat(BURST - remaining).as("hits that were sent").isLessThan(BURST / 2);
    }
  }

  /** The backend must reject the call: the client would log a stack trace for each. */
  private static void requireFailure(CompletableFuture<long[]> answer) {
    assertThatThrownBy(answer::join)
        .cause()
        .isInstanceOfAny(BackendException.class, OverloadException.class)
        .message()
        .containsAnyOf(
            "no answer from Redis within 250 ms",
            // Until several deadlines have passed, the server may only be busy.
            "Redis did not answer this one before its deadline",
            "No connection was free before the deadline",
            "Too many asynchronous Redis calls in flight: 204",
            "so the call was not sent and nothing was charged",
            "no connection to Redis was free before the deadline",
            // On a slow machine, the burst outlasts the stall detector, which closes the
            // connection.
            "no connection to Redis");
  }

  private static boolean answers(Backend backend, QuotaPolicy policy) {
    try {
      backend.decide(new BackendCall(Operation.PEEK, policy, "client", "", 1));
      return true;
    } catch (BackendException | OverloadException e) {
      return false;
    }
  }

  @ParameterizedTest
  @EnumSource
  void l1_s4_aHangingServerCannotBeOpened(ClientLibrary client) {
    try (RedisProcess server = RedisProcess.start();
        Backend backend = client.standalone(server.uri().toString(), "unopened")) {
      server.pause();
      assertThatThrownBy(backend::open)
          .isInstanceOf(BackendException.class)
          .hasMessageContaining("unopened");
      server.resume();
      Condition.await("can be opened", () -> opens(backend));
    }
  }

  private static boolean opens(Backend backend) {
    try {
      backend.open();
      return true;
    } catch (BackendException e) {
      return false;
    }
  }
}
