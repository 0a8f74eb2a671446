package io.traffik.redis.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.BackendException;
import io.traffik.ConfigurationException;
import io.traffik.redis.server.Condition;
import io.traffik.redis.server.NeedsProcesses;
import io.traffik.redis.server.RedisProcess;
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
 * A server that holds still and goes on, as one does that is swapped out. For a second; {@code
 * -Dtraffik.redis.stop=5000} chooses other milliseconds.
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
  void s4_whileTheServerHoldsStillCallsEndAtTheirDeadlineAndLateAnswersGoToNobody(Client client) {
    try (RedisProcess server = RedisProcess.start();
        Backend backend = client.alone(server.uri().toString(), "stopped");
        Load load = Load.on(backend, CAPACITY, "client")) {
      load.awaitGranted(CAPACITY / 4);
      long stopped = System.nanoTime();
      server.pause();
      load.awaitFailures();
      Condition.await("held still", () -> System.nanoTime() - stopped >= STOP.toNanos());
      server.resume();
      load.awaitAnswers();
      load.awaitDenied();
      load.requireRulesKept(Client.DEADLINE);
      load.requireGranted(CAPACITY, 0);
    }
  }

  /**
   * Waiting room is bounded: what does not fit fails, as all the rest does, and is not sent later.
   */
  @ParameterizedTest
  @EnumSource
  void s4_nothingQueuesWithoutBoundWhileTheServerHoldsStill(Client client) {
    QuotaPolicy policy = Load.policy(BURST);
    try (RedisProcess server = RedisProcess.start();
        Backend backend = client.alone(server.uri().toString(), "burst")) {
      backend.open();
      backend.decideAsync(Operation.HIT, policy, "client", "", 1).toCompletableFuture().join();
      server.pause();
      List<CompletableFuture<long[]>> answers = new ArrayList<>();
      AtomicLong longestNanos = new AtomicLong();
      Pauses pauses = new Pauses();
      pauses.start();
      // The second one finds the first given up, and yet on its way.
      for (int i = 0; i < 2 * BURST; i++) {
        if (i == BURST) {
          answers.forEach(StoppedServerTest::mustFail);
        }
        long asked = System.nanoTime();
        answers.add(
            backend
                .decideAsync(Operation.HIT, policy, "client", "", 1)
                .toCompletableFuture()
                .whenComplete(
                    (margins, thrown) ->
                        longestNanos.accumulateAndGet(System.nanoTime() - asked, Math::max)));
      }
      answers.forEach(StoppedServerTest::mustFail);
      pauses.end();
      assertThat(Duration.ofNanos(longestNanos.get()))
          .as("longest call")
          .isLessThanOrEqualTo(Client.DEADLINE.plusMillis(50).plusNanos(pauses.longestNanos()));
      server.resume();
      Condition.await("answers again", () -> answers(backend, policy));
      long left =
          backend.decide(Operation.PEEK, policy, "client", "", 0)[0]
              / policy.rate(0).nanosPerToken();
      assertThat(BURST - left).as("hits that had been sent").isLessThan(BURST / 2);
    }
  }

  /** By us, not by the client, which would write a stack trace to the log for each. */
  private static void mustFail(CompletableFuture<long[]> answer) {
    assertThatThrownBy(answer::join)
        .cause()
        .isInstanceOf(BackendException.class)
        .message()
        .containsAnyOf(
            "answer within 250 ms",
            "must be at most 10000 at once",
            // On a slow machine the burst lasts until the silent connection is given up.
            "not connected");
  }

  private static boolean answers(Backend backend, QuotaPolicy policy) {
    try {
      backend.decide(Operation.PEEK, policy, "client", "", 1);
      return true;
    } catch (BackendException e) {
      return false;
    }
  }

  @ParameterizedTest
  @EnumSource
  void l1_s4_aServerThatHoldsStillCannotBeOpened(Client client) {
    try (RedisProcess server = RedisProcess.start();
        Backend backend = client.alone(server.uri().toString(), "unopened")) {
      server.pause();
      assertThatThrownBy(backend::open)
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("unopened");
      server.resume();
      Condition.await("can be opened", () -> opens(backend));
    }
  }

  private static boolean opens(Backend backend) {
    try {
      backend.open();
      return true;
    } catch (ConfigurationException e) {
      return false;
    }
  }
}
