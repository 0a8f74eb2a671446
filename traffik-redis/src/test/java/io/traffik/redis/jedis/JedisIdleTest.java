package io.traffik.redis.jedis;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.redis.RedisBackend;
import io.traffik.redis.server.Condition;
import io.traffik.redis.server.NeedsProcesses;
import io.traffik.redis.server.RedisProcess;
import io.traffik.redis.server.TcpProxy;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Connections that are lost while nobody uses them. */
@NeedsProcesses
final class JedisIdleTest {

  private static final int CAPACITY = 1_000;
  private static final QuotaPolicy POLICY =
      QuotaPolicy.of("api", List.of(Rate.of(CAPACITY, Duration.ofDays(365))));
  private static final BackendCall HIT = new BackendCall(Operation.HIT, POLICY, "client", "", 1);
  private static final BackendCall PEEK = new BackendCall(Operation.PEEK, POLICY, "client", "", 0);
  private static final int CONNECTIONS = 4;

  /** Long enough for a busy machine. */
  private static final Duration DEADLINE = Duration.ofSeconds(2);

  private static final long UNCHECKED_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** How the connections are lost. */
  enum Loss {
    CLOSED {
      @Override
      void apply(TcpProxy proxy) {
        proxy.closeConnections();
      }
    },
    SILENT {
      @Override
      void apply(TcpProxy proxy) {
        proxy.dropTraffic();
      }
    };

    abstract void apply(TcpProxy proxy);
  }

  private static Backend backend(String uri) {
    return RedisBackend.jedis("idle").uri(uri).deadline(DEADLINE).build();
  }

  /** Makes as many calls at a time, with the server paused. */
  private static void openConnections(Backend backend, RedisProcess server) {
    server.execute("CLIENT", "PAUSE", "60000", "WRITE");
    List<CompletableFuture<long[]>> hits =
        Stream.generate(() -> backend.decideAsync(HIT).toCompletableFuture())
            .limit(CONNECTIONS)
            .toList();
    Condition.await("connections are open", () -> decisionConnections(server) == CONNECTIONS);
    server.execute("CLIENT", "UNPAUSE");
    hits.forEach(CompletableFuture::join);
  }

  private static long decisionConnections(RedisProcess server) {
    return server
        .execute("CLIENT", "LIST")
        .lines()
        .filter(line -> line.contains("cmd=eval"))
        .count();
  }

  private static void requireCharged(Backend backend, int hits) {
    long interval = POLICY.rate(0).fillNanos() / CAPACITY;
    long full = POLICY.rate(0).fillNanos();
    assertThat(full - backend.decide(PEEK)[0])
        .as("every hit was charged once")
        .isBetween((hits - 1) * interval, hits * interval);
  }

  /** Each kind of call is the first after the loss. */
  private static int hitAfterEachLoss(Backend backend, RedisProcess server, Runnable loss) {
    List<Runnable> kinds =
        List.of(
            () -> backend.decide(HIT),
            () -> backend.decideAsync(HIT).toCompletableFuture().join(),
            () -> backend.decideAllAsync(List.of(HIT)).toCompletableFuture().join());
    for (Runnable kind : kinds) {
      openConnections(backend, server);
      loss.run();
      kind.run();
    }
    return kinds.size() * (CONNECTIONS + 1);
  }

  @Test
  void s4_aServerThatClosesIdleConnectionsFailsNoHit() {
    try (RedisProcess server = RedisProcess.start("timeout 1");
        Backend backend = backend(server.uri().toString())) {
      backend.decide(HIT);
      int hits =
          hitAfterEachLoss(
              backend,
              server,
              () ->
                  Condition.await(
                      "the server has closed all", () -> decisionConnections(server) == 0));
      requireCharged(backend, 1 + hits);
    }
  }

  @ParameterizedTest
  @EnumSource
  void s4_aProxyThatDropsIdleConnectionsFailsNoHit(Loss loss) {
    try (RedisProcess server = RedisProcess.start();
        TcpProxy proxy = TcpProxy.to(server.port());
        Backend backend = backend("redis://127.0.0.1:" + proxy.port())) {
      backend.decide(HIT);
      int hits =
          hitAfterEachLoss(
              backend,
              server,
              () -> {
                awaitIdle();
                loss.apply(proxy);
              });
      requireCharged(backend, 1 + hits);
    }
  }

  private static void awaitIdle() {
    long start = System.nanoTime();
    Condition.await(
        "connections must be checked", () -> System.nanoTime() - start > UNCHECKED_NANOS);
  }

  private static List<String> connectionsOfApp(RedisProcess server) {
    return server
        .execute("CLIENT", "LIST")
        .lines()
        .filter(line -> line.contains("user=app"))
        .map(line -> line.substring(0, line.indexOf(' ')))
        .toList();
  }

  /** The answer is an error then, which shows that the connection is alive. */
  @Test
  void s4_thePermissionToPingIsNotNecessary() {
    try (RedisProcess server = RedisProcess.start()) {
      server.execute(
          "ACL",
          "SETUSER",
          "app",
          "on",
          ">secret",
          "~*",
          "+evalsha",
          "+eval",
          "+time",
          "+get",
          "+set");
      try (Backend backend = backend("redis://app:secret@127.0.0.1:" + server.port())) {
        backend.decide(HIT);
        List<String> connections = connectionsOfApp(server);
        awaitIdle();
        backend.decide(HIT);
        assertThat(connections).hasSize(1);
        assertThat(connectionsOfApp(server)).isEqualTo(connections);
        requireCharged(backend, 2);
      }
    }
  }
}
