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

/** What every backend is held to, over Lettuce. */
@Execution(ExecutionMode.CONCURRENT)
final class LettuceContractTest {

  @Nested
  final class Alone extends RedisContract.Stallable {

    @Override
    RedisBackendBuilder<?> choices(String namespace) {
      return RedisBackend.lettuce(namespace).uri(alone());
    }
  }

  @Nested
  final class OnAClockThatTheKitMoves extends RedisContract {

    private static RedisClient client;
    private static StatefulRedisConnection<String, String> connection;

    private final ManualClock clock = new ManualClock();

    /** One connection for hundreds of histories, each of which has a backend. */
    @BeforeAll
    static void connect() {
      client = RedisClient.create(alone());
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
    RedisBackendBuilder<?> choices(String namespace) {
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
    RedisBackendBuilder<?> choices(String namespace) {
      return RedisBackend.lettuce(namespace).uri(RedisServers.sentinel().uri());
    }
  }

  @Nested
  @NeedsProcesses
  final class InACluster extends RedisContract {

    @Override
    RedisBackendBuilder<?> choices(String namespace) {
      return RedisBackend.lettuce(namespace).cluster(nodes());
    }
  }

  @Nested
  @Tag("once")
  final class OfTheUsers {

    private static RedisClient client;
    private static StatefulRedisConnection<String, String> connection;

    @BeforeAll
    static void connect() {
      client = RedisClient.create(RedisContract.alone());
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
      RedisBackendBuilder<?> choices(String namespace) {
        return RedisBackend.lettuce(namespace).client(client);
      }
    }

    @Nested
    final class Connection extends RedisContract {

      @Override
      RedisBackendBuilder<?> choices(String namespace) {
        return RedisBackend.lettuce(namespace).connection(connection);
      }
    }
  }

  @Nested
  @NeedsProcesses
  @Tag("once")
  final class OfTheUsersInACluster {

    private static RedisClusterClient client;
    private static StatefulRedisClusterConnection<String, String> connection;

    @BeforeAll
    static void connect() {
      client = RedisClusterClient.create(RedisContract.nodes()[0]);
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
      RedisBackendBuilder<?> choices(String namespace) {
        return RedisBackend.lettuce(namespace).client(client);
      }
    }

    @Nested
    final class Connection extends RedisContract {

      @Override
      RedisBackendBuilder<?> choices(String namespace) {
        return RedisBackend.lettuce(namespace).connection(connection);
      }
    }
  }
}
