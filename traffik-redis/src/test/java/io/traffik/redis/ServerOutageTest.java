package io.traffik.redis;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.traffik.Backend.Operation;
import io.traffik.BackendException;
import io.traffik.Rate;
import io.traffik.redis.server.Condition;
import io.traffik.redis.server.NeedsProcesses;
import io.traffik.redis.server.RedisProcess;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The messages of {@code open} for servers that are out of order: rule L1. */
@NeedsProcesses
final class ServerOutageTest {

  @ParameterizedTest
  @EnumSource
  void l1_aFullServer(ClientUnderTest client) {
    try (RedisProcess server = RedisProcess.start("maxmemory 1", "maxmemory-policy noeviction")) {
      client.requireOutage(server.uri().toString(), "Redis is full", "Raise maxmemory");
    }
  }

  @ParameterizedTest
  @EnumSource
  void l1_aServerWithoutItsReplicas(ClientUnderTest client) {
    try (RedisProcess server = RedisProcess.start("min-replicas-to-write 1")) {
      client.requireOutage(
          server.uri().toString(), "too few replicas", "lower min-replicas-to-write");
    }
  }

  @ParameterizedTest
  @EnumSource
  void l1_aServerThatCannotSave(ClientUnderTest client) {
    try (RedisProcess server = RedisProcess.start("save 900 1")) {
      server.execute("SET", "key", "value");
      server.makeSnapshotsFail();
      server.execute("BGSAVE");
      Condition.await(
          "saving fails",
          () -> server.execute("INFO", "persistence").contains("rdb_last_bgsave_status:err"));
      client.requireOutage(server.uri().toString(), "cannot save its data", "Check the disk");
    }
  }

  @ParameterizedTest
  @EnumSource
  void l1_aServerThatIsLoading(ClientUnderTest client) {
    try (RedisProcess server = RedisProcess.start("rdbcompression no", "key-load-delay 100000")) {
      // The server answers after each two megabytes.
      String megabyte = "x".repeat(1_000_000);
      for (int i = 0; i < 60; i++) {
        server.execute("SET", "key" + i, megabyte);
      }
      server.execute("SAVE");
      server.kill();
      server.restartWithoutWaiting();
      Condition.await("loading", () -> server.execute("INFO", "persistence").contains("loading:1"));
      client.requireOutage(server.uri().toString(), "Redis is loading its data", "Wait until");
    }
  }

  /** The server may start after the application. */
  @ParameterizedTest
  @EnumSource
  void l1_afterAFailedOpenTheBackendConnectsByItself(ClientUnderTest client) {
    try (RedisProcess server = RedisProcess.start()) {
      server.kill();
      try (RedisBackend backend = client.backend(server.uri().toString())) {
        assertThatThrownBy(backend::open).isInstanceOf(BackendException.class);
        server.restart();
        BackendCall hit =
            new BackendCall(
                Operation.HIT, QuotaPolicy.of("api", List.of(Rate.perHour(10))), "client", "", 1);
        Condition.await(
            "answers",
            () -> {
              try {
                return backend.decide(hit)[0] >= 0;
              } catch (BackendException e) {
                return false;
              }
            });
        assertThatCode(backend::open).doesNotThrowAnyException();
        server.kill();
        assertThatThrownBy(backend::open).isInstanceOf(BackendException.class);
        server.restart();
        assertThatCode(backend::open).doesNotThrowAnyException();
      }
    }
  }
}
