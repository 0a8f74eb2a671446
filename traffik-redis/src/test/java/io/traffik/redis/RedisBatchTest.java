package io.traffik.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.BackendException;
import io.traffik.Rate;
import io.traffik.redis.jedis.JedisClients;
import io.traffik.redis.server.NeedsProcesses;
import io.traffik.redis.server.RedisConnection;
import io.traffik.redis.server.RedisServers;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.UnifiedJedis;

/** Batches over both clients, on a single server and in a cluster. */
final class RedisBatchTest {

  private static final int CLIENTS = 30;
  private static final int CAPACITY = 3;
  private static final QuotaPolicy POLICY =
      QuotaPolicy.of("api", List.of(Rate.of(CAPACITY, Duration.ofDays(1))));

  /** Each client hits one time more than the capacity allows, in turns. */
  private static List<BackendCall> calls() {
    List<BackendCall> calls = new ArrayList<>();
    for (int i = 0; i <= CAPACITY; i++) {
      for (int client = 0; client < CLIENTS; client++) {
        calls.add(new BackendCall(Operation.HIT, POLICY, "client " + client, "", 1));
      }
    }
    return calls;
  }

  abstract static class Contract {

    private Backend backend;

    abstract RedisBackendBuilder<?> builder(String namespace);

    Backend backend() {
      return backend;
    }

    @BeforeEach
    void build() {
      String namespace = "batch-" + Long.toHexString(System.nanoTime());
      backend = builder(namespace).deadline(Duration.ofSeconds(10)).build();
    }

    @AfterEach
    void close() {
      backend.reset();
      backend.close();
      disconnect();
    }

    void disconnect() {}

    private static void verify(List<long[]> answers) {
      assertThat(answers).hasSize((CAPACITY + 1) * CLIENTS);
      for (int i = 0; i < answers.size(); i++) {
        assertThat(answers.get(i)[0] >= 0).as("hit %s", i).isEqualTo(i < CAPACITY * CLIENTS);
      }
    }

    @Test
    void b15_callsAreAnsweredInOrder() {
      verify(backend.decideAll(calls()));
    }

    @Test
    void b15_asynchronousCallsAreAnsweredInOrder() {
      verify(backend.decideAllAsync(calls()).toCompletableFuture().join());
    }

    @Test
    void b15_aBatchMayBeEmptyOrHaveOneCall() {
      assertThat(backend.decideAll(List.of())).isEmpty();
      assertThat(backend.decideAllAsync(List.of()).toCompletableFuture().join()).isEmpty();
      BackendCall call = new BackendCall(Operation.SETTLE, POLICY, "one", "", 5, 1);
      long[] answer = backend.decideAll(List.of(call)).get(0);
      assertThat(answer).containsExactly(-POLICY.rate(0).nanosPerToken(), 1);
    }

    /** On every server of a cluster. */
    @Test
    void b15_s1_anUnknownScriptIsLoadedAndTheHitsChargedOnce() {
      Stream.concat(Stream.of(RedisServers.standalone().uri().toString()), Stream.of(uris()))
          .forEach(
              uri -> {
                try (RedisConnection server = RedisConnection.to(URI.create(uri))) {
                  server.execute("SCRIPT", "FLUSH");
                }
              });
      verify(backend.decideAll(calls()));
    }

    String[] uris() {
      return new String[0];
    }

    @Test
    void b15_s5_aValueOfAnotherTypeFailsTheBatch() {
      BackendCall call = calls().get(1);
      String key = backend.namespace() + "|api|client+1|";
      try (RedisConnection server = serverOf(key)) {
        server.execute("LPUSH", key, "theirs");
        assertThatExceptionOfType(BackendException.class)
            .isThrownBy(() -> backend.decideAll(List.of(calls().get(0), call)))
            .withMessageContaining("\"" + key + "\"")
            .withMessageContaining("another type");
        assertThatThrownBy(
                () -> backend.decideAllAsync(List.of(call, call)).toCompletableFuture().join())
            .isInstanceOf(CompletionException.class)
            .hasCauseInstanceOf(BackendException.class);
        assertThat(server.text("TYPE", key)).isEqualTo("list");
      }
    }

    RedisConnection serverOf(String key) {
      return RedisServers.standalone().connect();
    }
  }

  abstract static class SingleServerContract extends Contract {

    /** In a cluster, each key is decided by a script call of its own. */
    @Test
    void b15_s5_aValueOfAnotherTypeLeavesTheOtherKeysUnchanged() {
      Backend backend = backend();
      BackendCall first = calls().get(0);
      BackendCall last = calls().get(1);
      backend.decide(first);
      String prefix = backend.namespace() + "|api|client+";
      try (RedisConnection server = RedisServers.standalone().connect()) {
        String before = server.text("GET", prefix + "0|");
        server.execute("LPUSH", prefix + "1|", "theirs");
        assertThatExceptionOfType(BackendException.class)
            .isThrownBy(() -> backend.decideAll(List.of(first, first, last)));
        assertThat(server.text("GET", prefix + "0|")).isEqualTo(before);
      }
    }
  }

  abstract static class ClusterContract extends Contract {

    @Override
    String[] uris() {
      return RedisContract.nodeUris();
    }

    @Override
    RedisConnection serverOf(String key) {
      var cluster = RedisServers.cluster();
      return cluster.masterOf(cluster.slot(key), cluster.nodes().get(0)).connect();
    }
  }

  @Nested
  final class OverJedis extends SingleServerContract {
    @Override
    RedisBackendBuilder<?> builder(String namespace) {
      return RedisBackend.jedis(namespace).uri(RedisContract.standaloneUri());
    }
  }

  @Nested
  final class OverLettuce extends SingleServerContract {
    @Override
    RedisBackendBuilder<?> builder(String namespace) {
      return RedisBackend.lettuce(namespace).uri(RedisContract.standaloneUri());
    }
  }

  @Nested
  final class OverBorrowedJedis extends SingleServerContract {

    private final UnifiedJedis client = JedisClients.standalone(RedisContract.standaloneUri());

    @Override
    void disconnect() {
      client.close();
    }

    @Override
    RedisBackendBuilder<?> builder(String namespace) {
      return RedisBackend.jedis(namespace).client(client);
    }
  }

  @Nested
  @NeedsProcesses
  final class OverJedisInCluster extends ClusterContract {
    @Override
    RedisBackendBuilder<?> builder(String namespace) {
      return RedisBackend.jedis(namespace).cluster(uris());
    }
  }

  @Nested
  @NeedsProcesses
  final class OverLettuceInCluster extends ClusterContract {
    @Override
    RedisBackendBuilder<?> builder(String namespace) {
      return RedisBackend.lettuce(namespace).cluster(uris());
    }
  }

  @Nested
  @NeedsProcesses
  final class OverBorrowedJedisInCluster extends ClusterContract {

    private final UnifiedJedis client = JedisClients.cluster(RedisContract.nodeUris()[0]);

    @Override
    void disconnect() {
      client.close();
    }

    @Override
    RedisBackendBuilder<?> builder(String namespace) {
      return RedisBackend.jedis(namespace).client(client);
    }
  }
}
