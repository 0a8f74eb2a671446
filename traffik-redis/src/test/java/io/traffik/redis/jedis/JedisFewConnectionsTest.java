package io.traffik.redis.jedis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.traffik.Backend;
import io.traffik.ConfigurationException;
import io.traffik.ConnectionView;
import io.traffik.Decision;
import io.traffik.FailurePolicy;
import io.traffik.Identity;
import io.traffik.Throttle;
import io.traffik.redis.JedisBackendBuilder;
import io.traffik.redis.RedisBackend;
import io.traffik.redis.server.Condition;
import io.traffik.redis.server.NeedsProcesses;
import io.traffik.redis.server.RedisConnection;
import io.traffik.redis.server.RedisProcess;
import io.traffik.redis.server.TcpProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that accept fewer connections than there are calls at a time. */
@NeedsProcesses
final class JedisFewConnectionsTest {

  private static final int MAX_CLIENTS = 10;
  private static final int THREADS = 50;
  private static final int HITS_PER_THREAD = 20;
  private static final int LIMIT = 100;
  private static final ConnectionView CLIENT = ConnectionView.of(Identity.of("client"));

  /** Long enough for a busy machine. */
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
  private final RedisProcess server = RedisProcess.start("maxclients " + MAX_CLIENTS);
  private final List<RedisConnection> others = new ArrayList<>();

  @AfterEach
  void close() {
    threads.shutdownNow();
    others.forEach(RedisConnection::close);
    server.close();
  }

  /** Lets other clients have all connections but a number. */
  private void leave(int connections) {
    while (others.size() < MAX_CLIENTS - connections) {
      others.add(server.connect());
    }
  }

  private JedisBackendBuilder builder(int port) {
    return RedisBackend.jedis("few").uri("redis://127.0.0.1:" + port).deadline(DEADLINE);
  }

  private static Throttle throttle(Backend backend, String uid) {
    return Throttle.builder(uid)
        .rate(LIMIT + "/h")
        .backend(backend)
        .onBackendFailure(FailurePolicy.ALLOW)
        .build();
  }

  /** Half of the hits are asynchronous. */
  private void requireExactDecisions(Throttle throttle) {
    List<CompletableFuture<List<Decision>>> hits = new ArrayList<>();
    for (int thread = 0; thread < THREADS; thread++) {
      boolean asynchronous = thread % 2 == 0;
      hits.add(
          CompletableFuture.supplyAsync(
              () -> {
                List<Decision> decisions = new ArrayList<>();
                for (int hit = 0; hit < HITS_PER_THREAD; hit++) {
                  decisions.add(
                      asynchronous
                          ? throttle.hitAsync(CLIENT).toCompletableFuture().join()
                          : throttle.hit(CLIENT));
                }
                return decisions;
              },
              threads));
    }
    List<Decision> decisions = hits.stream().flatMap(each -> each.join().stream()).toList();
    assertThat(decisions).noneMatch(Decision::degraded).noneMatch(Decision::overloaded);
    assertThat(decisions.stream().filter(Decision::allowed)).hasSize(LIMIT);
  }

  private String statistic(String name) {
    return others
        .get(0)
        .text("INFO", "all")
        .lines()
        .filter(line -> line.startsWith(name + ":"))
        .findFirst()
        .orElseThrow()
        .substring(name.length() + 1);
  }

  private int connectedClients() {
    return Integer.parseInt(statistic("connected_clients"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void s4_f1_callsShareTheConnectionsThatTheServerAccepts(int left) {
    leave(left);
    try (Backend backend = builder(server.port()).build()) {
      requireExactDecisions(throttle(backend, "first"));
      assertThat(statistic("rejected_connections")).isNotEqualTo("0");
      assertThat(connectedClients()).isEqualTo(MAX_CLIENTS);
      // The standing connections serve these, too.
      requireExactDecisions(throttle(backend, "second"));
    }
  }

  /**
   * After the connection of {@code open} was closed, the server might not accept another at once.
   */
  @Test
  void l1_s4_theFirstHitUsesTheConnectionOfOpen() {
    leave(1);
    String before = statistic("total_connections_received");
    try (Backend backend = builder(server.port()).build()) {
      backend.open();
      requireExactDecisions(throttle(backend, "first"));
      assertThat(connectedClients()).isEqualTo(MAX_CLIENTS);
      assertThat(Long.parseLong(statistic("total_connections_received")))
          .isEqualTo(Long.parseLong(before) + 1);
    }
  }

  @Test
  void s4_f1_moreConnectionsAreOpenedOnceTheServerAcceptsThem() {
    leave(2);
    try (Backend backend = builder(server.port()).build()) {
      requireExactDecisions(throttle(backend, "few"));
      while (others.size() > 2) {
        others.remove(others.size() - 1).close();
      }
      Throttle throttle = throttle(backend, "more");
      Condition.await(
          "more connections are open",
          () -> {
            CompletableFuture.allOf(
                    Stream.generate(
                            () -> CompletableFuture.runAsync(() -> throttle.hit(CLIENT), threads))
                        .limit(THREADS)
                        .toArray(CompletableFuture<?>[]::new))
                .join();
            return connectedClients() == MAX_CLIENTS;
          });
    }
  }

  @Test
  void s4_f1_callsShareTheConnectionsThatAProxyAccepts() {
    try (TcpProxy proxy = TcpProxy.to(server.port());
        Backend backend = builder(proxy.port()).build()) {
      proxy.acceptAtMost(2);
      requireExactDecisions(throttle(backend, "proxy"));
      assertThat(proxy.openConnections()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void s4_noMoreConnectionsAreOpenedThanTheSettingAllows(int connections) {
    leave(connections);
    try (Backend backend = builder(server.port()).connections(connections).build()) {
      requireExactDecisions(throttle(backend, "setting"));
      assertThat(statistic("rejected_connections")).isEqualTo("0");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 65})
  void l1_aNumberOfConnectionsOutOfRangeIsRejected(int connections) {
    assertThatThrownBy(() -> RedisBackend.jedis("few").connections(connections))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("connections must be from 1 to 64: " + connections);
  }
}
