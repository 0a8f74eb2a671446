package io.traffik.redis;

import io.traffik.redis.server.NeedsProcesses;
import io.traffik.redis.server.RedisServers;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisClusterClient;

/** What every backend is held to, over Jedis. */
@Execution(ExecutionMode.CONCURRENT)
final class JedisContractTest {

  @Nested
  final class Alone extends RedisContract.Stallable {

    @Override
    RedisBackendBuilder<?> choices(String namespace) {
      return RedisBackend.jedis(namespace).uri(alone());
    }
  }

  @Nested
  @NeedsProcesses
  @Tag("once")
  final class UnderSentinel extends RedisContract {

    @Override
    RedisBackendBuilder<?> choices(String namespace) {
      return RedisBackend.jedis(namespace).uri(RedisServers.sentinel().uri());
    }
  }

  @Nested
  @NeedsProcesses
  final class InACluster extends RedisContract {

    @Override
    RedisBackendBuilder<?> choices(String namespace) {
      return RedisBackend.jedis(namespace).cluster(nodes());
    }
  }

  @Nested
  final class OfTheUsers extends RedisContract {

    private static RedisClient client;

    @BeforeAll
    static void connect() {
      client = RedisClient.create(alone());
    }

    @AfterAll
    static void disconnect() {
      client.close();
    }

    @Override
    RedisBackendBuilder<?> choices(String namespace) {
      return RedisBackend.jedis(namespace).client(client);
    }
  }

  @Nested
  @NeedsProcesses
  @Tag("once")
  final class OfTheUsersInACluster extends RedisContract {

    private static RedisClusterClient client;

    @BeforeAll
    static void connect() {
      client = RedisClusterClient.create(Set.of(HostAndPort.from(nodes()[0].substring(8))));
    }

    @AfterAll
    static void disconnect() {
      client.close();
    }

    @Override
    RedisBackendBuilder<?> choices(String namespace) {
      return RedisBackend.jedis(namespace).client(client);
    }
  }
}
