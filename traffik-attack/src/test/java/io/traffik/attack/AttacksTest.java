package io.traffik.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.traffik.attack.scenario.Attack;
import io.traffik.attack.scenario.AttackScale;
import io.traffik.attack.scenario.Attacks;
import io.traffik.attack.server.BackendKind;
import io.traffik.attack.server.ServerKind;
import io.traffik.redis.server.NeedsProcesses;
import io.traffik.redis.server.RedisProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The short form of the attacks. It checks counts, never times. Only Linux has many loopback
 * addresses, which the clients need.
 */
@Tag("once")
@NeedsProcesses
@EnabledOnOs(OS.LINUX)
final class AttacksTest {

  /** No attack is left out, however slow the machine is. */
  private static final Duration MAX_DURATION = Duration.ofMinutes(10);

  private static final List<StoppedServer> STOPPED = new ArrayList<>();

  private static RedisProcess redis;

  @BeforeAll
  static void startRedis() {
    redis = RedisProcess.start();
  }

  @AfterAll
  static void noServerLeavesThreads() {
    try {
      for (StoppedServer server : STOPPED) {
        assertThat(server.threadsLeft()).as(server.name()).isEmpty();
      }
    } finally {
      redis.close();
    }
  }

  static Stream<Arguments> servers() {
    return Stream.of(
        arguments(ServerKind.JAVALIN, BackendKind.MEMORY, List.of("surplus", "refused")),
        arguments(ServerKind.JAVALIN, BackendKind.LETTUCE, List.of("surplus", "shared", "slow")),
        arguments(
            ServerKind.JAVALIN,
            BackendKind.JEDIS,
            List.of("surplus", "concurrent", "large", "order")),
        arguments(ServerKind.JAVA_WEBSOCKET, BackendKind.LETTUCE, List.of("surplus", "large")),
        arguments(
            ServerKind.JAVA_WEBSOCKET, BackendKind.JEDIS, List.of("surplus", "order", "slow")));
  }

  @ParameterizedTest
  @MethodSource("servers")
  void limitsHoldAndOtherClientsAreServed(
      ServerKind server, BackendKind backend, List<String> attacks) throws Exception {
    List<String> faults = new ArrayList<>();
    ServerProcess process =
        new AttackRunner(
                AttackScale.SHORT,
                redis.uri().toString(),
                false,
                MAX_DURATION,
                row -> faults.addAll(row.faults()))
            .run(attacks.stream().map(Attacks::named).toList(), server, backend);
    STOPPED.add(new StoppedServer(server + ", " + backend, process));
    assertThat(faults).isEmpty();
  }

  @Test
  void anAttackOnAServerWithoutThrottlesFindsWrongCounts() throws Exception {
    Attack attack = Attacks.named("order");
    try (ServerProcess process =
        new ServerProcess(
            new ServerSettings(
                ServerKind.JAVALIN,
                BackendKind.MEMORY,
                redis.uri().toString(),
                AttackScale.SHORT,
                false,
                false))) {
      assertThat(attack.run(process.target(), 1, AttackScale.SHORT).counts())
          .noneMatch(count -> count.isRight());
      process.stop();
      assertThat(process.threadsLeft()).isEmpty();
    }
  }
}
