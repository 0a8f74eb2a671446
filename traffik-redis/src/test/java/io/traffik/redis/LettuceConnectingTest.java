package io.traffik.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.BackendException;
import io.traffik.Rate;
import io.traffik.redis.LettuceSource.Opened;
import io.traffik.redis.server.Condition;
import io.traffik.redis.server.NeedsProcesses;
import io.traffik.redis.server.RedisConnection;
import io.traffik.redis.server.RedisProcess;
import io.traffik.redis.server.Relay;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who waits for connections of Lettuce's, and when they are given up. */
@NeedsProcesses
final class LettuceConnectingTest {

  private static final ScriptCall CALL = ScriptCall.byDigest("app|api|client|", new String[] {"p"});
  private static final Pattern CLIENT = Pattern.compile("(?m)^id=(\\d+) .*flags=N ");

  private static LettuceRunner runner(Supplier<CompletionStage<Opened>> connecting) {
    return new LettuceRunner(new LettuceSource(connecting, false, false, () -> {}));
  }

  /** Loading Lettuce's classes in a virtual machine that has just started takes that long. */
  @Test
  @Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void s4_t7_connectingThatTakesItsTimeHoldsUpNobodyBeyondTheDeadline() {
    CountDownLatch held = new CountDownLatch(1);
    LettuceRunner runner =
        runner(
            () -> {
              try {
                held.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              return new CompletableFuture<>();
            });
    assertThat(runner.start(CALL, 1, () -> false)).isNotDone();
    assertThatThrownBy(() -> runner.run(CALL, TimeUnit.MILLISECONDS.toNanos(1)))
        .isInstanceOf(TimeoutException.class);
    held.countDown();
  }

  @Test
  void s4_nothingIsSentForWhoHasGivenUpMeanwhile() {
    CompletableFuture<Opened> connected = new CompletableFuture<>();
    LettuceRunner runner = runner(() -> connected);
    CompletableFuture<Object> answer = runner.start(CALL, 1, () -> true);
    // Sending anything by it would be a NullPointerException.
    connected.complete(new Opened(null, null, false));
    assertThatThrownBy(answer::join).hasMessageContaining("nobody waits");
  }

  @Test
  void s4_whatWaitsForAConnectionIsCounted() {
    CompletableFuture<Opened> connected = new CompletableFuture<>();
    LettuceRunner runner = runner(() -> connected);
    for (int i = 0; i < InFlightLimiter.PLACES; i++) {
      // Given up at once, and kept all the same until the attempt has ended.
      runner.giveUp(runner.start(CALL, 1, () -> true));
    }
    assertThatThrownBy(() -> runner.start(CALL, 1, () -> true)).hasMessageContaining("10000");
    connected.completeExceptionally(new IllegalStateException("refused"));
    Condition.await("there is room again", () -> hasRoom(runner));
  }

  private static boolean hasRoom(LettuceRunner runner) {
    try {
      return !runner.start(CALL, 1, () -> true).isCancelled();
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  @Test
  void s4_anAttemptThatEndsInAnErrorIsNotTheLast() {
    AtomicInteger attempts = new AtomicInteger();
    SingleFlight<String> attempt =
        new SingleFlight<>(
            () -> {
              if (attempts.incrementAndGet() == 1) {
                throw new NoClassDefFoundError("netty");
              }
              return CompletableFuture.completedFuture("made");
            },
            made -> CompletableFuture.completedFuture(made));
    assertThatThrownBy(() -> attempt.get().join())
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(NoClassDefFoundError.class);
    assertThat(attempt.get().join()).isEqualTo("made");
  }

  /** A client that is shut down before it has connected would start threads that nobody ends. */
  @Test
  void l3_closingWaitsForTheAttemptUnderWayAndIsTheEndOfAll() {
    CompletableFuture<String> making = new CompletableFuture<>();
    List<String> closed = new ArrayList<>();
    SingleFlight<String> attempt =
        new SingleFlight<>(
            () -> making,
            made -> {
              closed.add(made);
              return CompletableFuture.completedFuture(made);
            });
    CompletableFuture<String> waiting = attempt.get();
    CompletableFuture<?> closing = attempt.close().toCompletableFuture();
    assertThat(closing).isNotDone();
    making.complete("made");
    assertThat(waiting).isCompletedWithValue("made");
    assertThat(closing).isCompleted();
    assertThat(closed).containsExactly("made");
  }

  @Test
  void l3_nothingIsMadeOnceClosed() {
    SingleFlight<String> attempt =
        new SingleFlight<>(
            () -> {
              throw new AssertionError("made after it was closed");
            },
            made -> CompletableFuture.completedFuture(made));
    assertThat(attempt.close().toCompletableFuture()).isCompleted();
    assertThatThrownBy(() -> attempt.get().join()).hasCauseInstanceOf(IllegalStateException.class);
  }

  /** Which by itself cuts no connections; that Sentinel does so is Sentinel's choice. */
  @Test
  void s4_aMasterThatIsDemotedIsLeft() {
    QuotaPolicy policy = QuotaPolicy.of("api", List.of(Rate.perHour(10)));
    try (RedisProcess master = RedisProcess.start();
        RedisProcess next = RedisProcess.start();
        RedisConnection asking = master.connect();
        Backend backend =
            RedisBackend.lettuce("app")
                .uri(master.uri().toString())
                .deadline(Duration.ofSeconds(5))
                .build()) {
      backend.open();
      Set<String> before = clients(asking);
      assertThat(before).hasSize(1);
      master.ask("REPLICAOF", "127.0.0.1", String.valueOf(next.port()));
      assertThatThrownBy(() -> backend.decide(Operation.HIT, policy, "client", "", 1))
          .isInstanceOf(BackendException.class)
          .hasMessageContaining("READONLY");
      Condition.await(
          "another connection",
          () -> {
            Set<String> now = clients(asking);
            return !now.isEmpty() && !now.equals(before);
          });
    }
  }

  /** TCP would go on waiting for many minutes. */
  @Test
  void s4_aConnectionThatSaysNothingAnyMoreIsReplaced() {
    try (RedisProcess server = RedisProcess.start();
        Relay relay = Relay.to(server.port());
        Backend backend = RedisBackend.lettuce("redis://127.0.0.1:" + relay.port(), "app")) {
      backend.open();
      Condition.await("answers", () -> answers(backend));
      relay.silence();
      assertThat(answers(backend)).isFalse();
      Condition.await("answers again", () -> answers(backend));
    }
  }

  private static boolean answers(Backend backend) {
    try {
      backend.decide(
          Operation.PEEK, QuotaPolicy.of("api", List.of(Rate.perHour(10))), "client", "", 1);
      return true;
    } catch (BackendException e) {
      return false;
    }
  }

  /** The ids of those that are connected, but for the one that asks. */
  private static Set<String> clients(RedisConnection asking) {
    String own = String.valueOf(asking.ask("CLIENT", "ID"));
    return CLIENT
        .matcher(asking.text("CLIENT", "LIST", "TYPE", "normal"))
        .results()
        .map((MatchResult found) -> found.group(1))
        .filter(id -> !id.equals(own))
        .collect(Collectors.toSet());
  }
}
