package io.traffik.redis.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.BackendException;
import io.traffik.redis.server.Condition;
import io.traffik.redis.server.NeedsProcesses;
import io.traffik.redis.server.RedisProcess;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server that crashes and comes back empty. */
@Isolated
@NeedsProcesses
@Tag("fault")
class KilledServerTest {

  private static final long CAPACITY = 1_000;
  private static final int UNDER_WAY = 8;
  private static final long UNDER_WAY_NANOS = 200_000_000;

  /** Buckets that were lost are full again: once more their capacity, and not a token beyond. */
  @ParameterizedTest
  @EnumSource
  void b3_s4_aServerThatComesBackEmptyGrantsOnceMoreTheCapacity(Client client) {
    try (RedisProcess server = RedisProcess.start();
        Backend backend = client.alone(server.uri().toString(), "crashed");
        Load load = Load.on(backend, CAPACITY, "client")) {
      load.awaitDenied();
      assertThat(load.granted()).isEqualTo(CAPACITY);
      server.kill();
      load.awaitFailures();
      server.restart();
      load.awaitAnswers();
      load.awaitDenied();
      load.requireRulesKept(Client.DEADLINE);
      load.requireGranted(CAPACITY, CAPACITY);
    }
  }

  /** Whether the server had been charged before it died nobody knows: so nothing is sent again. */
  @ParameterizedTest
  @EnumSource
  void s4_whatWasUnderWayWhenTheServerDiedIsNotSentToTheNext(Client client) {
    try (RedisProcess server = RedisProcess.start();
        Backend backend =
            client.alone(server.uri().toString(), "replayed", Duration.ofSeconds(2))) {
      backend.open();
      backend.decide(Operation.PEEK, Load.policy(CAPACITY), "client", "", 1);
      server.pause();
      long asked = System.nanoTime();
      // Several: the first may be told of the reset and the others be sent again.
      List<CompletableFuture<long[]>> answers =
          Stream.generate(
                  () -> backend.decideAsync(Operation.HIT, Load.policy(CAPACITY), "client", "", 1))
              .limit(UNDER_WAY)
              .map(CompletionStage::toCompletableFuture)
              .toList();
      Condition.await("on their way", () -> System.nanoTime() - asked > UNDER_WAY_NANOS);
      server.kill();
      server.restart();
      for (CompletableFuture<long[]> answer : answers) {
        assertThatThrownBy(answer::join).hasCauseInstanceOf(BackendException.class);
      }
      Condition.await("answers again", () -> answers(backend));
      assertThat(server.ask("DBSIZE")).as("buckets of the next server").isEqualTo("0");
    }
  }

  private static boolean answers(Backend backend) {
    try {
      backend.decide(Operation.PEEK, Load.policy(CAPACITY), "client", "", 1);
      return true;
    } catch (BackendException e) {
      return false;
    }
  }
}
