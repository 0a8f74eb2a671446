package io.traffik.redis.lettuce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.BackendException;
import io.traffik.Rate;
import io.traffik.redis.RedisBackend;
import io.traffik.redis.async.AdmissionControl;
import io.traffik.redis.async.AdmissionControl.CallRejectedException;
import io.traffik.redis.async.NotConnectedException;
import io.traffik.redis.lettuce.LettuceSource.Session;
import io.traffik.redis.script.ScriptCall;
import io.traffik.redis.server.Condition;
import io.traffik.redis.server.NeedsProcesses;
import io.traffik.redis.server.RedisConnection;
import io.traffik.redis.server.RedisProcess;
import io.traffik.redis.server.TcpProxy;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls that wait for a Lettuce connection, and connections that are replaced. */
@NeedsProcesses
final class LettuceConnectingTest {

  /** Long, so that the attempt to connect does not count as a stalled server. */
  private static final long DEADLINE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private static final ScriptCall CALL =
      ScriptCall.byDigest("client", "app|api|client|", new String[] {"p"});
  private static final Pattern CLIENT = Pattern.compile("(?m)^id=(\\d+) .*flags=N ");

  private static LettuceRunner runnerOf(Supplier<CompletionStage<Session>> connecting) {
    return new LettuceRunner(
        new LettuceSource(
            connecting, false, false, new AnsweringThreads(), LettuceSource.NO_SHUTDOWN));
  }

  /** In a new JVM, loading Lettuce's classes alone can take that long. */
  @Test
  @Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void s4_t7_slowConnectingDelaysNoCallBeyondItsDeadline() {
    CountDownLatch release = new CountDownLatch(1);
    LettuceRunner runner =
        runnerOf(
            () -> {
              try {
                release.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              return new CompletableFuture<>();
            });
    assertThat(runner.start(CALL, 1, () -> false)).isNotDone();
    assertThatThrownBy(() -> runner.run(CALL, TimeUnit.MILLISECONDS.toNanos(1)))
        .isInstanceOf(NotConnectedException.class)
        .hasCauseInstanceOf(TimeoutException.class);
    release.countDown();
  }

  @Test
  void s4_abandonedCallsAreNotSent() {
    CompletableFuture<Session> connected = new CompletableFuture<>();
    LettuceRunner runner = runnerOf(() -> connected);
    CompletableFuture<Object> answer = runner.start(CALL, 1, () -> true);
    // Sending a command over this session would throw a NullPointerException.
    connected.complete(new Session(null, null, false, null));
    // JDK 25 hides the message of a cancellation in join.
    Throwable failure = answer.handle((value, thrown) -> thrown).join();
    assertThat(failure).hasMessageContaining("abandoned before it was sent");
  }

  @Test
  void f6_s4_callsThatWaitForAConnectionOccupyPlaces() {
    CompletableFuture<Session> connected = new CompletableFuture<>();
    LettuceRunner runner = runnerOf(() -> connected);
    int share = AdmissionControl.PLACES / 2;
    for (int i = 0; i < share; i++) {
      // Abandoned at once, but counted until the connection attempt has ended.
      runner.abandon(runner.start(CALL, DEADLINE_NANOS, () -> true));
    }
    assertThat(runner.start(CALL, DEADLINE_NANOS, () -> true))
        .failsWithin(Duration.ZERO)
        .withThrowableOfType(ExecutionException.class)
        .withCauseInstanceOf(CallRejectedException.class)
        .withMessageContaining(share + " of 4096");
    connected.completeExceptionally(new IllegalStateException("refused"));
    Condition.await("calls are accepted again", () -> isAccepted(runner));
  }

  private static boolean isAccepted(LettuceRunner runner) {
    CompletableFuture<Object> started = runner.start(CALL, DEADLINE_NANOS, () -> true);
    return !started.isDone()
        || !(started.handle((answer, thrown) -> thrown).join() instanceof CallRejectedException);
  }

  /** A demotion does not close connections by itself. */
  @Test
  void s4_clientsLeaveADemotedMaster() {
    QuotaPolicy policy = QuotaPolicy.of("api", List.of(Rate.perHour(10)));
    try (RedisProcess master = RedisProcess.start();
        RedisProcess newMaster = RedisProcess.start();
        RedisConnection admin = master.connect();
        Backend backend =
            RedisBackend.lettuce("app")
                .uri(master.uri().toString())
                .deadline(Duration.ofSeconds(5))
                .build()) {
      backend.open();
      Set<String> before = clients(admin);
      assertThat(before).hasSize(1);
      master.execute("REPLICAOF", "127.0.0.1", String.valueOf(newMaster.port()));
      assertThatThrownBy(
              () -> backend.decide(new BackendCall(Operation.HIT, policy, "client", "", 1)))
          .isInstanceOf(BackendException.class)
          .hasMessageContaining("READONLY");
      Condition.await(
          "the client has a new connection",
          () -> {
            Set<String> current = clients(admin);
            return !current.isEmpty() && !current.equals(before);
          });
    }
  }

  /** TCP alone would wait for minutes. */
  @Test
  void s4_aSilentConnectionIsReplaced() {
    try (RedisProcess server = RedisProcess.start();
        TcpProxy proxy = TcpProxy.to(server.port());
        Backend backend = RedisBackend.lettuce("redis://127.0.0.1:" + proxy.port(), "app")) {
      backend.open();
      Condition.await("answers", () -> answers(backend));
      proxy.dropTraffic();
      assertThat(answers(backend)).isFalse();
      Condition.await("answers again", () -> answers(backend));
    }
  }

  private static boolean answers(Backend backend) {
    try {
      backend.decide(
          new BackendCall(
              Operation.PEEK, QuotaPolicy.of("api", List.of(Rate.perHour(10))), "client", "", 1));
      return true;
    } catch (BackendException e) {
      return false;
    }
  }

  /** The ids of all connected clients except this one. */
  private static Set<String> clients(RedisConnection admin) {
    String own = String.valueOf(admin.execute("CLIENT", "ID"));
    return CLIENT
        .matcher(admin.text("CLIENT", "LIST", "TYPE", "normal"))
        .results()
        .map((MatchResult found) -> found.group(1))
        .filter(id -> !id.equals(own))
        .collect(Collectors.toSet());
  }
}
