package io.traffik.redis.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.BackendException;
import io.traffik.OverloadException;
import io.traffik.redis.RedisBackend;
import io.traffik.redis.server.ClusterGroup;
import io.traffik.redis.server.Condition;
import io.traffik.redis.server.NeedsProcesses;
import io.traffik.redis.server.RedisProcess;
import io.traffik.redis.server.SentinelGroup;
import io.traffik.spi.BackendCall;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisClusterClient;

/** Faults of a cluster under load from both clients. */
@Isolated
@NeedsProcesses
@Tag("fault")
class ClusterFaultsTest {

  private static final long CAPACITY = 8_000;
  private static final long SMALL = 10;
  private static final int MOVES = 4;

  /** Twice the largest number of Jedis connections to one server. */
  private static final int THREADS = 128;

  private static final int CALLS = 50;
  private static final String EMPTY_SCOPE = "quiet";

  private final ClusterGroup cluster = ClusterGroup.start();
  private final Backend lettuce = ClientLibrary.LETTUCE.cluster(cluster.uris(), "lettuce");
  private final Backend jedis = ClientLibrary.JEDIS.cluster(cluster.uris(), "jedis");

  @BeforeEach
  void open() {
    lettuce.open();
    jedis.open();
  }

  @AfterEach
  void close() {
    lettuce.close();
    jedis.close();
    cluster.close();
  }

  /** Replication is asynchronous, as under Sentinel. */
  @Test
  void b3_s4_aPromotedReplicaKeepsReplicatedHits() {
    RedisProcess master = cluster.nodes().get(0);
    String lettuceClient = clientOn(master, lettuce);
    String jedisClient = clientOn(master, jedis);
    RedisProcess replica = cluster.replicaOf(master);
    SentinelGroup.awaitReplicas(master, 1);
    try (LoadGenerator lettuceLoad = LoadGenerator.start(lettuce, CAPACITY, lettuceClient);
        LoadGenerator jedisLoad = LoadGenerator.start(jedis, CAPACITY, jedisClient)) {
      lettuceLoad.awaitGranted(100);
      jedisLoad.awaitGranted(100);
      master.kill();
      long lettuceLoss =
          unreplicated(lettuceLoad, replica, StoredBuckets.keyOf(lettuce, lettuceClient, ""));
      long jedisLoss =
          unreplicated(jedisLoad, replica, StoredBuckets.keyOf(jedis, jedisClient, ""));
      lettuceLoad.awaitFailures();
      jedisLoad.awaitFailures();
      Condition.await(
          "the replica is promoted",
          () -> replica.execute("CLUSTER", "INFO").contains("cluster_state:ok"));
      lettuceLoad.awaitAnswers();
      jedisLoad.awaitAnswers();
      assertThat(isExhausted(lettuce, lettuceClient)).isTrue();
      assertThat(isExhausted(jedis, jedisClient)).isTrue();
      lettuceLoad.awaitDenied();
      jedisLoad.awaitDenied();
      lettuceLoad.requireRules(ClientLibrary.DEADLINE);
      jedisLoad.requireRules(ClientLibrary.DEADLINE);
      lettuceLoad.requireGranted(CAPACITY, lettuceLoss);
      jedisLoad.requireGranted(CAPACITY, jedisLoss);
    }
  }

  /** The tokens that the master has granted and not yet replicated. */
  private static long unreplicated(LoadGenerator load, RedisProcess replica, String key) {
    return load.granted() - StoredBuckets.takenTokens(replica, key, CAPACITY, true);
  }

  /** This holds for any number of calls that wait for the hanging master. */
  @Test
  void s4_aHangingMasterDelaysNoCallToAnother() throws InterruptedException {
    for (RedisProcess node : cluster.nodes()) {
      // Prevents the promotion of a replica.
      node.execute("CONFIG", "SET", "cluster-node-timeout", "60000");
    }
    RedisProcess hanging = cluster.nodes().get(0);
    for (Backend backend : List.of(lettuce, jedis)) {
      String clientOnHanging = clientOn(hanging, backend);
      String clientOnOther = clientOn(cluster.nodes().get(1), backend);
      CountDownLatch allFailed = new CountDownLatch(THREADS);
      AtomicBoolean stopped = new AtomicBoolean();
      List<Thread> threads =
          IntStream.range(0, THREADS)
              .mapToObj(
                  i -> new Thread(() -> failUntil(stopped, backend, clientOnHanging, allFailed)))
              .toList();
      hanging.pause();
      threads.forEach(Thread::start);
      allFailed.await();
      try {
        for (int call = 0; call < CALLS; call++) {
          assertThat(isExhausted(backend, clientOnOther)).isTrue();
        }
      } finally {
        stopped.set(true);
        hanging.resume();
        for (Thread thread : threads) {
          thread.join();
        }
      }
    }
  }

  private static void failUntil(
      AtomicBoolean stopped, Backend backend, String client, CountDownLatch failed) {
    boolean first = true;
    while (!stopped.get()) {
      try {
        isExhausted(backend, client);
      } catch (BackendException | OverloadException e) {
        if (first) {
          failed.countDown();
          first = false;
        }
      }
    }
  }

  /** A slot moves with all its keys. */
  @Test
  void b3_bucketsMoveWithTheirSlot() {
    RedisProcess source = cluster.nodes().get(0);
    RedisProcess otherNode = cluster.nodes().get(1);
    String lettuceClient = clientOn(source, lettuce);
    String jedisClient = clientOn(source, jedis);
    List<Integer> slots = List.of(slot(lettuce, lettuceClient, ""), slot(jedis, jedisClient, ""));
    try (LoadGenerator lettuceLoad = LoadGenerator.start(lettuce, CAPACITY, lettuceClient);
        LoadGenerator jedisLoad = LoadGenerator.start(jedis, CAPACITY, jedisClient)) {
      for (int move = 1; move <= MOVES; move++) {
        lettuceLoad.awaitGranted(move * CAPACITY / 2 / MOVES);
        jedisLoad.awaitGranted(move * CAPACITY / 2 / MOVES);
        for (int slot : slots) {
          cluster.move(
              slot, move % 2 == 1 ? source : otherNode, move % 2 == 1 ? otherNode : source);
        }
      }
      lettuceLoad.awaitAnswers();
      jedisLoad.awaitAnswers();
      lettuceLoad.awaitDenied();
      jedisLoad.awaitDenied();
      lettuceLoad.requireRules(ClientLibrary.DEADLINE);
      jedisLoad.requireRules(ClientLibrary.DEADLINE);
      lettuceLoad.requireGranted(CAPACITY, 0);
      jedisLoad.requireGranted(CAPACITY, 0);
    }
  }

  @Test
  void b15_aBatchFollowsAMovedSlot() {
    HostAndPort node = new HostAndPort("127.0.0.1", cluster.nodes().get(0).port());
    try (RedisClusterClient client = RedisClusterClient.create(Set.of(node));
        Backend borrowed = RedisBackend.jedis("borrowed").client(client).build()) {
      for (Backend backend : List.of(lettuce, jedis, borrowed)) {
        RedisProcess source = cluster.nodes().get(0);
        String exhausted = clientOn(source, backend);
        // Lettuce follows redirections only to nodes that it is connected to.
        clientOn(cluster.nodes().get(1), backend);
        List<BackendCall> batch =
            Stream.of(exhausted, "another", "third", exhausted)
                .map(
                    each ->
                        new BackendCall(
                            Operation.HIT, LoadGenerator.policy(SMALL), each, EMPTY_SCOPE, 1))
                .toList();
        cluster.move(slot(backend, exhausted, EMPTY_SCOPE), source, cluster.nodes().get(1));
        assertThat(backend.decideAll(batch))
            .as(backend.namespace())
            .extracting(margins -> margins[0] >= 0)
            .containsExactly(false, true, true, false);
      }
    }
  }

  /** A client whose buckets are on a node. Empties its small bucket. */
  private String clientOn(RedisProcess node, Backend backend) {
    String client =
        IntStream.range(0, 10_000)
            .mapToObj(number -> "client" + number)
            .filter(each -> cluster.masterOf(slot(backend, each, ""), node) == node)
            .filter(each -> cluster.masterOf(slot(backend, each, EMPTY_SCOPE), node) == node)
            .findFirst()
            .orElseThrow();
    backend.decide(
        new BackendCall(Operation.HIT, LoadGenerator.policy(SMALL), client, EMPTY_SCOPE, SMALL));
    assertThat(node.execute("EXISTS", StoredBuckets.keyOf(backend, client, EMPTY_SCOPE)))
        .isEqualTo("1");
    return client;
  }

  private int slot(Backend backend, String client, String scope) {
    return cluster.slot(StoredBuckets.keyOf(backend, client, scope));
  }

  private static boolean isExhausted(Backend backend, String client) {
    return backend
            .decide(
                new BackendCall(
                    Operation.HIT, LoadGenerator.policy(SMALL), client, EMPTY_SCOPE, 1))[0]
        < 0;
  }
}
