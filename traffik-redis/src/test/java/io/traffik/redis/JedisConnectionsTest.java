package io.traffik.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.BackendException;
import io.traffik.Rate;
import io.traffik.redis.server.Condition;
import io.traffik.redis.server.NeedsProcesses;
import io.traffik.redis.server.RedisProcess;
import io.traffik.spi.QuotaPolicy;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
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
import redis.clients.jedis.RedisClusterClient;

/** What becomes of Jedis' connections. */
@NeedsProcesses
final class JedisConnectionsTest {

  private static final QuotaPolicy POLICY = QuotaPolicy.of("api", List.of(Rate.perHour(1_000)));
  private static final String PAUSED_MILLIS = "60000";

  private final ExecutorService executor =
      Executors.newFixedThreadPool(JedisServers.MOST_CONNECTIONS);
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
        .decideAsync(Operation.HIT, POLICY, "client " + client, "", 1)
        .toCompletableFuture();
  }

  /** As many calls at once as there may be connections, none of them answered before all stand. */
  private void standAll() {
    hit(0).join();
    server.ask("CLIENT", "PAUSE", PAUSED_MILLIS, "WRITE");
    List<CompletableFuture<long[]>> hits =
        IntStream.range(0, JedisServers.MOST_CONNECTIONS).mapToObj(this::hit).toList();
    Condition.await(
        "all connections stand",
        () ->
            server.ask("INFO", "clients").contains("blocked_clients:" + hits.size())
                || server
                        .ask("CLIENT", "LIST")
                        .lines()
                        .filter(line -> line.contains("cmd=evalsha"))
                        .count()
                    == hits.size());
    server.ask("CLIENT", "UNPAUSE");
    hits.forEach(CompletableFuture::join);
  }

  @Test
  void l1_l2_s4_openAndResetNeedNoneOfTheConnectionsThatAllStand() {
    standAll();
    assertThatCode(backend::open).doesNotThrowAnyException();
    assertThatCode(backend::reset).doesNotThrowAnyException();
    assertThat(server.ask("DBSIZE")).isEqualTo("0");
  }

  @Test
  void s4_oneCallThatFindsItsConnectionCutIsEnough() {
    standAll();
    server.kill();
    server.restart();
    assertThatThrownBy(() -> backend.decide(Operation.HIT, POLICY, "client", "", 1))
        .isInstanceOf(BackendException.class);
    assertThatCode(() -> backend.decide(Operation.HIT, POLICY, "client", "", 1))
        .doesNotThrowAnyException();
  }

  /** Which by itself cuts no connections; that Sentinel does so is Sentinel's choice. */
  @Test
  void s4_oneCallThatFindsItsMasterDemotedIsEnough() {
    standAll();
    try (RedisProcess next = RedisProcess.start()) {
      server.ask("REPLICAOF", "127.0.0.1", String.valueOf(next.port()));
      assertThatThrownBy(() -> backend.decide(Operation.HIT, POLICY, "client", "", 1))
          .isInstanceOf(BackendException.class)
          .hasMessageContaining("READONLY");
      Condition.await(
          "no connection stands",
          () ->
              server
                  .ask("CLIENT", "LIST", "TYPE", "normal")
                  .lines()
                  .noneMatch(line -> line.contains("cmd=eval")));
    }
  }

  @Test
  void s4_whatIsGivenUpDoesNotComeOutOfThePoolAgain() {
    HostAndPort address = new HostAndPort("127.0.0.1", server.port());
    try (ConnectionPool pool =
        new ConnectionPool(address, DefaultJedisClientConfig.builder().build())) {
      JedisConnections connections = new JedisConnections();
      Connection connection = pool.getResource();
      connections.put(address, connection);
      connections.close();
      assertThat(pool.getNumIdle()).isZero();
      assertThat(connection.isConnected()).isFalse();
    }
  }

  @Test
  void s6_resetLeavesTheUsersConnectionsAsTheyWere() {
    try (RedisClusterClient client =
            RedisClusterClient.create(
                Set.of(HostAndPort.from(RedisContract.nodes()[0].substring("redis://".length()))));
        Backend borrowing =
            RedisBackend.jedis("borrowing")
                .client(client)
                .deadline(Duration.ofSeconds(5))
                .build()) {
      borrowing.reset();
      assertThat(client.getClusterNodes()).isNotEmpty();
      for (ConnectionPool node : client.getClusterNodes().values()) {
        try (Connection connection = node.getResource()) {
          assertThat(connection.getSoTimeout()).isEqualTo(Protocol.DEFAULT_TIMEOUT);
        }
      }
    }
  }

  /** Threads belong to the group of those that start them. */
  @Test
  void l3_s4_aClusterThatCannotBeReachedLeavesNoThreadBehind() throws Exception {
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
      assertThatThrownBy(() -> unreachable.decide(Operation.HIT, POLICY, "client", "", 1))
          .isInstanceOf(BackendException.class);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(threads).isNotEmpty();
    assertThat(group.activeCount()).isZero();
  }

  /** Whoever waits for the servers to be found must leave a thread to find them. */
  @Test
  void s4_t7_anExecutorOfOneThreadIsEnough() {
    ExecutorService single = Executors.newSingleThreadExecutor();
    try (Backend narrow =
        RedisBackend.jedis("narrow")
            .uri(server.uri().toString())
            .deadline(Duration.ofSeconds(5))
            .executor(single)
            .build()) {
      List<CompletableFuture<long[]>> hits =
          Stream.generate(() -> narrow.decideAsync(Operation.HIT, POLICY, "client", "", 1))
              .limit(3)
              .map(CompletionStage::toCompletableFuture)
              .toList();
      assertThat(hits).allSatisfy(hit -> assertThat(hit.join()[0]).isNotNegative());
    } finally {
      single.shutdownNow();
    }
  }
}
