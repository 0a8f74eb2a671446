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
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server that crashes and restarts without its data. */
@Isolated
@NeedsProcesses
@Tag("fault")
class KilledServerTest {

  private static final long CAPACITY = 1_000;
  private static final int IN_FLIGHT = 8;
  private static final long IN_FLIGHT_NANOS = 200_000_000;

  /** Lost buckets are full again: clients get their capacity once more, and no token beyond. */
  @ParameterizedTest
  @EnumSource
  void b3_s4_aServerThatRestartsEmptyGrantsTheCapacityAgain(ClientLibrary client) {
    try (RedisProcess server = RedisProcess.start();
        Backend backend = client.standalone(server.uri().toString(), "crashed");
        LoadGenerator load = LoadGenerator.start(backend, CAPACITY, "client")) {
      load.awaitDenied();
      assertThat(load.granted()).isEqualTo(CAPACITY);
      server.kill();
      load.awaitFailures();
      server.restart();
      load.awaitAnswers();
      load.awaitDenied();
      load.requireRules(ClientLibrary.DEADLINE);
      load.requireGranted(CAPACITY, CAPACITY);
    }
  }

  /** A call may have been charged before the crash, so no call is sent again. */
  @ParameterizedTest
  @EnumSource
  void s4_callsInFlightAtACrashAreNotSentAgain(ClientLibrary client) {
    try (RedisProcess server = RedisProcess.start();
        Backend backend =
            client.standalone(server.uri().toString(), "replayed", Duration.ofSeconds(2))) {
      backend.open();
      backend.decide(
          new BackendCall(Operation.PEEK, LoadGenerator.policy(CAPACITY), "client", "", 1));
      server.pause();
      long start = System.nanoTime();
      // Several calls: a client may fail the first and send only the others again.
      List<CompletableFuture<long[]>> answers =
          Stream.generate(
                  () ->
                      backend.decideAsync(
                          new BackendCall(
                              Operation.HIT, LoadGenerator.policy(CAPACITY), "client", "", 1)))
              .limit(IN_FLIGHT)
              .map(CompletionStage::toCompletableFuture)
              .toList();
      Condition.await("calls are in flight", () -> System.nanoTime() - start > IN_FLIGHT_NANOS);
      server.kill();
      server.restart();
      for (CompletableFuture<long[]> answer : answers) {
        assertThatThrownBy(answer::join).hasCauseInstanceOf(BackendException.class);
      }
      Condition.await("answers again", () -> answers(backend));
      assertThat(server.execute("DBSIZE")).as("buckets after the restart").isEqualTo("0");
    }
  }

  private static boolean answers(Backend backend) {
    try {
      backend.decide(
          new BackendCall(Operation.PEEK, LoadGenerator.policy(CAPACITY), "client", "", 1));
      return true;
    } catch (BackendException | OverloadException e) {
      return false;
    }
  }
}
