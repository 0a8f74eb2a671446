package io.traffik.redis;

import io.traffik.redis.jedis.JedisClients;
import io.traffik.redis.server.NeedsProcesses;
import io.traffik.redis.server.RedisServers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import redis.clients.jedis.UnifiedJedis;

/** The contract of every backend, over Jedis. */
@Execution(ExecutionMode.CONCURRENT)
final class JedisContractTest {

  @Nested
  final class Standalone extends RedisContract.Stallable {

    @Override
    RedisBackendBuilder<?> builder(String namespace) {
      return RedisBackend.jedis(namespace).uri(standaloneUri());
    }
  }

  @Nested
  @NeedsProcesses
  @Tag("once")
  final class UnderSentinel extends RedisContract {

    @Override
    RedisBackendBuilder<?> builder(String namespace) {
      return RedisBackend.jedis(namespace).uri(RedisServers.sentinel().uri());
    }
  }

  @Nested
  @NeedsProcesses
  final class InCluster extends RedisContract {

    @Override
    RedisBackendBuilder<?> builder(String namespace) {
      return RedisBackend.jedis(namespace).cluster(nodeUris());
    }
  }

  @Nested
  final class Borrowed extends RedisContract {

    private static UnifiedJedis client;

    @BeforeAll
    static void connect() {
      client = JedisClients.standalone(standaloneUri());
    }

    @AfterAll
    static void disconnect() {
      client.close();
    }

    @Override
    RedisBackendBuilder<?> builder(String namespace) {
      return RedisBackend.jedis(namespace).client(client);
    }
  }

  @Nested
  @NeedsProcesses
  @Tag("once")
  final class BorrowedInCluster extends RedisContract {

    private static UnifiedJedis client;

    @BeforeAll
    static void connect() {
      client = JedisClients.cluster(nodeUris()[0]);
    }

    @AfterAll
    static void disconnect() {
      client.close();
    }

    @Override
    RedisBackendBuilder<?> builder(String namespace) {
      return RedisBackend.jedis(namespace).client(client);
    }
  }
}
