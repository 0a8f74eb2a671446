package io.traffik.redis.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.BackendException;
import io.traffik.redis.server.ClusterGroup;
import io.traffik.redis.server.Condition;
import io.traffik.redis.server.NeedsProcesses;
import io.traffik.redis.server.RedisProcess;
import io.traffik.redis.server.SentinelGroup;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** What happens to clusters while they are asked, by both clients at once. */
@Isolated
@NeedsProcesses
@Tag("fault")
class ClusterFaultsTest {

  private static final long CAPACITY = 8_000;
  private static final long SMALL = 10;
  private static final int MOVES = 4;

  /** Twice as many as there may be connections of Jedis' to a server. */
  private static final int CROWD = 128;

  private static final int CALLS = 50;
  private static final String QUIET = "quiet";

  private final ClusterGroup cluster = ClusterGroup.start();
  private final Backend lettuce = Client.LETTUCE.cluster(cluster.uris(), "lettuce");
  private final Backend jedis = Client.JEDIS.cluster(cluster.uris(), "jedis");

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

  /** Replication is asynchronous, as with Sentinel. */
  @Test
  void b3_s4_aReplicaGoesOnWithWhatItWasHanded() {
    RedisProcess master = cluster.nodes().get(0);
    String ofLettuce = clientOn(master, lettuce);
    String ofJedis = clientOn(master, jedis);
    RedisProcess replica = cluster.replicaOf(master);
    SentinelGroup.awaitReplicas(master, 1);
    try (Load byLettuce = Load.on(lettuce, CAPACITY, ofLettuce);
        Load byJedis = Load.on(jedis, CAPACITY, ofJedis)) {
      byLettuce.awaitGranted(100);
      byJedis.awaitGranted(100);
      master.kill();
      long lostByLettuce = lost(byLettuce, replica, Keys.of(lettuce, ofLettuce, ""));
      long lostByJedis = lost(byJedis, replica, Keys.of(jedis, ofJedis, ""));
      byLettuce.awaitFailures();
      byJedis.awaitFailures();
      Condition.await(
          "the replica is promoted",
          () -> replica.ask("CLUSTER", "INFO").contains("cluster_state:ok"));
      byLettuce.awaitAnswers();
      byJedis.awaitAnswers();
      assertThat(spent(lettuce, ofLettuce)).isTrue();
      assertThat(spent(jedis, ofJedis)).isTrue();
      byLettuce.awaitDenied();
      byJedis.awaitDenied();
      byLettuce.requireRulesKept(Client.DEADLINE);
      byJedis.requireRulesKept(Client.DEADLINE);
      byLettuce.requireGranted(CAPACITY, lostByLettuce);
      byJedis.requireGranted(CAPACITY, lostByJedis);
    }
  }

  /** What the master has granted that its replica does not know of. */
  private static long lost(Load load, RedisProcess replica, String key) {
    return load.granted() - Keys.taken(replica, key, CAPACITY, true);
  }

  /** However many calls wait for it. */
  @Test
  void s4_aMasterThatHoldsStillHoldsUpNoCallToAnother() throws InterruptedException {
    for (RedisProcess node : cluster.nodes()) {
      // No replica is promoted meanwhile.
      node.ask("CONFIG", "SET", "cluster-node-timeout", "60000");
    }
    RedisProcess still = cluster.nodes().get(0);
    for (Backend backend : List.of(lettuce, jedis)) {
      String waiting = clientOn(still, backend);
      String other = clientOn(cluster.nodes().get(1), backend);
      CountDownLatch allFailed = new CountDownLatch(CROWD);
      AtomicBoolean stopped = new AtomicBoolean();
      List<Thread> crowd =
          IntStream.range(0, CROWD)
              .mapToObj(i -> new Thread(() -> failUntil(stopped, backend, waiting, allFailed)))
              .toList();
      still.pause();
      crowd.forEach(Thread::start);
      allFailed.await();
      try {
        for (int call = 0; call < CALLS; call++) {
          assertThat(spent(backend, other)).isTrue();
        }
      } finally {
        stopped.set(true);
        still.resume();
        for (Thread thread : crowd) {
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
        spent(backend, client);
      } catch (BackendException e) {
        if (first) {
          failed.countDown();
          first = false;
        }
      }
    }
  }

  /** A slot moves with all that is in it. */
  @Test
  void b3_aMovedSlotTakesItsBucketsAlong() {
    RedisProcess home = cluster.nodes().get(0);
    RedisProcess other = cluster.nodes().get(1);
    String ofLettuce = clientOn(home, lettuce);
    String ofJedis = clientOn(home, jedis);
    List<Integer> slots = List.of(slot(lettuce, ofLettuce, ""), slot(jedis, ofJedis, ""));
    try (Load byLettuce = Load.on(lettuce, CAPACITY, ofLettuce);
        Load byJedis = Load.on(jedis, CAPACITY, ofJedis)) {
      for (int move = 1; move <= MOVES; move++) {
        byLettuce.awaitGranted(move * CAPACITY / 2 / MOVES);
        byJedis.awaitGranted(move * CAPACITY / 2 / MOVES);
        for (int slot : slots) {
          cluster.move(slot, move % 2 == 1 ? home : other, move % 2 == 1 ? other : home);
        }
      }
      byLettuce.awaitAnswers();
      byJedis.awaitAnswers();
      byLettuce.awaitDenied();
      byJedis.awaitDenied();
      byLettuce.requireRulesKept(Client.DEADLINE);
      byJedis.requireRulesKept(Client.DEADLINE);
      byLettuce.requireGranted(CAPACITY, 0);
      byJedis.requireGranted(CAPACITY, 0);
    }
  }

  /** A client whose buckets are on a node; the small one is empty from now on. */
  private String clientOn(RedisProcess node, Backend backend) {
    String client =
        IntStream.range(0, 10_000)
            .mapToObj(number -> "client" + number)
            .filter(each -> cluster.masterOf(slot(backend, each, ""), node) == node)
            .filter(each -> cluster.masterOf(slot(backend, each, QUIET), node) == node)
            .findFirst()
            .orElseThrow();
    backend.decide(Operation.HIT, Load.policy(SMALL), client, QUIET, SMALL);
    assertThat(node.ask("EXISTS", Keys.of(backend, client, QUIET))).isEqualTo("1");
    return client;
  }

  private int slot(Backend backend, String client, String scope) {
    return cluster.slot(Keys.of(backend, client, scope));
  }

  private static boolean spent(Backend backend, String client) {
    return backend.decide(Operation.HIT, Load.policy(SMALL), client, QUIET, 1)[0] < 0;
  }
}
