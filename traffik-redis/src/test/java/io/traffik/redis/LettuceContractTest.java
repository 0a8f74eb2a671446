package io.traffik.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.traffik.redis.server.NeedsProcesses;
import io.traffik.redis.server.RedisServers;
import io.traffik.tck.ManualClock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The contract of every backend, over Lettuce. */
@Execution(ExecutionMode.CONCURRENT)
final class LettuceContractTest {

  @Nested
  final class Standalone extends RedisContract.Stallable {

    @Override
    RedisBackendBuilder<?> builder(String namespace) {
      return RedisBackend.lettuce(namespace).uri(standaloneUri());
    }
  }

  @Nested
  final class WithManualClock extends RedisContract {

    private static RedisClient client;
    private static StatefulRedisConnection<String, String> connection;

    private final ManualClock clock = new ManualClock();

    /** Hundreds of backends share one connection. */
    @BeforeAll
    static void connect() {
      client = RedisClient.create(standaloneUri());
      connection = client.connect();
    }

    @AfterAll
    static void disconnect() {
      connection.close();
      client.shutdown();
    }

    @Override
    protected ManualClock clock() {
      return clock;
    }

    @Override
    RedisBackendBuilder<?> builder(String namespace) {
      return RedisBackend.lettuce(namespace)
          .connection(connection)
          .clock(() -> ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant()));
    }
  }

  @Nested
  @NeedsProcesses
  @Tag("once")
  final class UnderSentinel extends RedisContract {

    @Override
    RedisBackendBuilder<?> builder(String namespace) {
      return RedisBackend.lettuce(namespace).uri(RedisServers.sentinel().uri());
    }
  }

  @Nested
  @NeedsProcesses
  final class InCluster extends RedisContract {

    @Override
    RedisBackendBuilder<?> builder(String namespace) {
      return RedisBackend.lettuce(namespace).cluster(nodeUris());
    }
  }

  @Nested
  @Tag("once")
  final class Borrowed {

    private static RedisClient client;
    private static StatefulRedisConnection<String, String> connection;

    @BeforeAll
    static void connect() {
      client = RedisClient.create(RedisContract.standaloneUri());
      connection = client.connect();
    }

    @AfterAll
    static void disconnect() {
      connection.close();
      client.shutdown();
    }

    @Nested
    final class Client extends RedisContract {

      @Override
      RedisBackendBuilder<?> builder(String namespace) {
        return RedisBackend.lettuce(namespace).client(client);
      }
    }

    @Nested
    final class Connection extends RedisContract {

      @Override
      RedisBackendBuilder<?> builder(String namespace) {
        return RedisBackend.lettuce(namespace).connection(connection);
      }
    }
  }

  @Nested
  @NeedsProcesses
  @Tag("once")
  final class BorrowedInCluster {

    private static RedisClusterClient client;
    private static StatefulRedisClusterConnection<String, String> connection;

    @BeforeAll
    static void connect() {
      client = RedisClusterClient.create(RedisContract.nodeUris()[0]);
      connection = client.connect();
    }

    @AfterAll
    static void disconnect() {
      connection.close();
      client.shutdown();
    }

    @Nested
    final class Client extends RedisContract {

      @Override
      RedisBackendBuilder<?> builder(String namespace) {
        return RedisBackend.lettuce(namespace).client(client);
      }
    }

    @Nested
    final class Connection extends RedisContract {

      @Override
      RedisBackendBuilder<?> builder(String namespace) {
        return RedisBackend.lettuce(namespace).connection(connection);
      }
    }
  }
}
