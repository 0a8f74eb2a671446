package io.traffik.redis.jedis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.BackendException;
import io.traffik.Rate;
import io.traffik.redis.RedisBackend;
import io.traffik.redis.server.Condition;
import io.traffik.redis.server.NeedsProcesses;
import io.traffik.redis.server.RedisProcess;
import io.traffik.redis.server.RedisServers;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionPool;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.UnifiedJedis;

/** The life cycle of Jedis connections. */
@NeedsProcesses
final class JedisConnectionsTest {

  private static final QuotaPolicy POLICY = QuotaPolicy.of("api", List.of(Rate.perHour(1_000)));
  private static final String PAUSE_MILLIS = "60000";

  private final ExecutorService executor = Executors.newFixedThreadPool(JedisExecutor.THREADS);
  private final RedisProcess server = RedisProcess.start();
  private final Backend backend =
      RedisBackend.jedis("app")
          .uri(server.uri().toString())
          .deadline(Duration.ofSeconds(5))
          .executor(executor)
          .build();

  @AfterEach
  void close() {
    backend.close();
    server.close();
    executor.shutdownNow();
  }

  private CompletableFuture<long[]> hit(int client) {
    return backend
        .decideAsync(new BackendCall(Operation.HIT, POLICY, "client " + client, "", 1))
        .toCompletableFuture();
  }

  /** Makes as many calls as there may be connections for them, with the server paused. */
  private void openAllConnections() {
    hit(0).join();
    server.execute("CLIENT", "PAUSE", PAUSE_MILLIS, "WRITE");
    List<CompletableFuture<long[]>> hits =
        IntStream.range(0, ConnectionCounts.of(ConnectionCounts.MAX).asynchronous())
            .mapToObj(this::hit)
            .toList();
    Condition.await(
        "all connections are open",
        () ->
            server.execute("INFO", "clients").contains("blocked_clients:" + hits.size())
                || server
                        .execute("CLIENT", "LIST")
                        .lines()
                        .filter(line -> line.contains("cmd=evalsha"))
                        .count()
                    == hits.size());
    server.execute("CLIENT", "UNPAUSE");
    hits.forEach(CompletableFuture::join);
  }

  @Test
  void l1_l2_s4_openAndResetWorkWhenAllConnectionsAreOpen() {
    openAllConnections();
    assertThatCode(backend::open).doesNotThrowAnyException();
    assertThatCode(backend::reset).doesNotThrowAnyException();
    assertThat(server.execute("DBSIZE")).isEqualTo("0");
  }

  @Test
  void s4_onlyOneCallFailsAfterConnectionsAreLost() {
    openAllConnections();
    server.kill();
    server.restart();
    assertThatThrownBy(
            () -> backend.decide(new BackendCall(Operation.HIT, POLICY, "client", "", 1)))
        .isInstanceOf(BackendException.class);
    assertThatCode(() -> backend.decide(new BackendCall(Operation.HIT, POLICY, "client", "", 1)))
        .doesNotThrowAnyException();
  }

  /** A demotion does not close connections by itself. */
  @Test
  void s4_onlyOneCallFailsAfterAMasterIsDemoted() {
    openAllConnections();
    try (RedisProcess newMaster = RedisProcess.start()) {
      server.execute("REPLICAOF", "127.0.0.1", String.valueOf(newMaster.port()));
      assertThatThrownBy(
              () -> backend.decide(new BackendCall(Operation.HIT, POLICY, "client", "", 1)))
          .isInstanceOf(BackendException.class)
          .hasMessageContaining("READONLY");
      Condition.await(
          "no connection is open",
          () ->
              server
                  .execute("CLIENT", "LIST", "TYPE", "normal")
                  .lines()
                  .noneMatch(line -> line.contains("cmd=eval")));
    }
  }

  @Test
  void s4_aClosedConnectionIsNotReused() {
    HostAndPort address = new HostAndPort("127.0.0.1", server.port());
    try (ConnectionPool pool =
        new ConnectionPool(address, DefaultJedisClientConfig.builder().build())) {
      IdleConnections connections = new IdleConnections();
      Connection connection = pool.getResource();
      connections.put(address, connection);
      connections.close();
      assertThat(pool.getNumIdle()).isZero();
      assertThat(connection.isConnected()).isFalse();
    }
  }

  @Test
  void s6_resetRestoresTheTimeoutsOfTheUsersConnections() {
    try (UnifiedJedis client = JedisClients.cluster(RedisServers.cluster().uris().get(0));
        Backend borrowed =
            RedisBackend.jedis("borrowed").client(client).deadline(Duration.ofSeconds(5)).build()) {
      borrowed.reset();
      Map<String, ConnectionPool> nodes = JedisCompatibility.clusterNodes(client);
      assertThat(nodes).isNotEmpty();
      for (ConnectionPool node : nodes.values()) {
        try (Connection connection = node.getResource()) {
          assertThat(connection.getSoTimeout()).isEqualTo(Protocol.DEFAULT_TIMEOUT);
        }
      }
    }
  }

  /** A thread belongs to the group of the thread that starts it. */
  @Test
  void l3_s4_anUnreachableClusterLeaksNoThread() throws Exception {
    ThreadGroup group = new ThreadGroup("unreachable");
    Queue<Thread> threads = new ConcurrentLinkedQueue<>();
    int port;
    try (ServerSocket closed = new ServerSocket(0)) {
      port = closed.getLocalPort();
    }
    try (Backend unreachable =
        RedisBackend.jedis("unreachable")
            .cluster("redis://127.0.0.1:" + port)
            .deadline(Duration.ofSeconds(5))
            .executor(
                call -> {
                  Thread thread = new Thread(group, call);
                  threads.add(thread);
                  thread.start();
                })
            .build()) {
      assertThatThrownBy(
              () -> unreachable.decide(new BackendCall(Operation.HIT, POLICY, "client", "", 1)))
          .isInstanceOf(BackendException.class);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(threads).isNotEmpty();
    assertThat(group.activeCount()).isZero();
  }

  /** Calls that wait for the servers must not occupy the thread that finds them. */
  @Test
  void s4_t7_anExecutorOfOneThreadIsEnough() {
    ExecutorService single = Executors.newSingleThreadExecutor();
    try (Backend singleThreaded =
        RedisBackend.jedis("narrow")
            .uri(server.uri().toString())
            .deadline(Duration.ofSeconds(5))
            .executor(single)
            .build()) {
      List<CompletableFuture<long[]>> hits =
          Stream.generate(
                  () ->
                      singleThreaded.decideAsync(
                          new BackendCall(Operation.HIT, POLICY, "client", "", 1)))
              .limit(3)
              .map(CompletionStage::toCompletableFuture)
              .toList();
      assertThat(hits).allSatisfy(hit -> assertThat(hit.join()[0]).isNotNegative());
    } finally {
      single.shutdownNow();
    }
  }
}
