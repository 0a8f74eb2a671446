package io.traffik.redis;

import static org.assertj.core.api.Assertions.assertThatCode;

import io.traffik.redis.server.NeedsProcesses;
import io.traffik.redis.server.RedisProcess;
import io.traffik.redis.server.RedisServers;
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

  /** After a failure, too: calls would otherwise fail at once without another attempt. */
  @ParameterizedTest
  @EnumSource
  void l1_aServerWithoutInfoCanBeOpenedAfterAnOutage(ClientUnderTest client) {
    try (RedisProcess server = RedisProcess.start(NO_INFO)) {
      server.kill();
      try (RedisBackend backend = client.backend(server.uri().toString())) {
        assertThatCode(backend::open).hasMessageContaining("connection refused");
        server.restart();
        assertThatCode(backend::open).doesNotThrowAnyException();
      }
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
