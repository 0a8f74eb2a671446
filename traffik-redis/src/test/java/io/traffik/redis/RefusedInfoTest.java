package io.traffik.redis;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.traffik.Backend.Operation;
import io.traffik.BackendException;
import io.traffik.Rate;
import io.traffik.redis.server.Condition;
import io.traffik.redis.server.NeedsProcesses;
import io.traffik.redis.server.RedisProcess;
import io.traffik.redis.server.RedisServers;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Servers that refuse {@code INFO}, as managed services and proxies do. The decisions of {@code
 * open} find every problem: rule L1.
 */
@NeedsProcesses
final class RefusedInfoTest {

  private static final String NO_INFO = "rename-command INFO \"\"";

  @ParameterizedTest
  @EnumSource
  void l1_aServerWithoutInfoCanBeOpened(ClientUnderTest client) {
    try (RedisProcess server = RedisProcess.start(NO_INFO)) {
      assertThatCode(() -> client.open(server.uri().toString())).doesNotThrowAnyException();
    }
  }

  /** Until the next attempt in the background, decisions fail at once; open must not. */
  @ParameterizedTest
  @EnumSource
  void l1_aServerWithoutInfoCanBeOpenedAfterAnOutage(ClientUnderTest client) {
    BackendCall hit =
        new BackendCall(
            Operation.HIT, QuotaPolicy.of("api", List.of(Rate.perHour(9))), "client", "", 1);
    try (RedisProcess server = RedisProcess.start(NO_INFO);
        RedisBackend backend = client.backend(server.uri().toString())) {
      backend.decide(hit);
      server.kill();
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
      Condition.await(
          "attempts are rare",
          () -> {
            assertThatThrownBy(() -> backend.decide(hit)).isInstanceOf(BackendException.class);
            return System.nanoTime() - end > 0;
          });
      server.restart();
      assertThatCode(backend::open).doesNotThrowAnyException();
    }
  }

  @ParameterizedTest
  @EnumSource
  void l1_aReplica(ClientUnderTest client) {
    try (RedisProcess master = RedisProcess.start();
        RedisProcess replica =
            RedisProcess.start(NO_INFO, "replicaof 127.0.0.1 " + master.port())) {
      client.requireFailure(replica.uri().toString(), "the server is a replica");
    }
  }

  @ParameterizedTest
  @EnumSource
  void l1_aNodeOfACluster(ClientUnderTest client) {
    RedisProcess node = RedisServers.cluster().nodes().get(0);
    node.execute("ACL", "SETUSER", "carol", "on", ">secret", "~*", "+@all", "-info");
    try {
      client.requireFailure(
          node.uri().toString().replace("//", "//carol:secret@"),
          "a node of a cluster",
          ".cluster(…)");
    } finally {
      node.execute("ACL", "DELUSER", "carol");
    }
  }

  @ParameterizedTest
  @EnumSource
  void l1_aServerWithoutScripts(ClientUnderTest client) {
    try (RedisProcess server = RedisProcess.start(NO_INFO, "rename-command EVAL \"\"")) {
      client.requireFailure(
          server.uri().toString(), "no command for scripts", "Use Redis 6.2 or later, or Valkey");
    }
    try (RedisProcess server = RedisProcess.start(NO_INFO, "rename-command EVALSHA \"\"")) {
      client.requireFailure(server.uri().toString(), "no command for scripts");
    }
  }

  /** Redis 6.0 and earlier reject a part of the script; here it is a command. */
  @ParameterizedTest
  @EnumSource
  void l1_aServerThatCannotExecuteTheScript(ClientUnderTest client) {
    try (RedisProcess server = RedisProcess.start(NO_INFO, "rename-command TIME \"\"")) {
      client.requireFailure(
          server.uri().toString(),
          "cannot execute the script, so it is too old or not compatible",
          "Use Redis 6.2 or later, or Valkey");
    }
  }
}
