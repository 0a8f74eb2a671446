package io.traffik.redis.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.BackendException;
import io.traffik.OverloadException;
import io.traffik.redis.server.Condition;
import io.traffik.redis.server.NeedsProcesses;
import io.traffik.redis.server.RedisProcess;
import io.traffik.redis.server.SentinelGroup;
import io.traffik.spi.BackendCall;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** A master that crashes or hangs, and that Sentinel replaces under load from both clients. */
@Isolated
@NeedsProcesses
@Tag("fault")
class SentinelFailoverTest {

  private static final long CAPACITY = 8_000;
  private static final long SMALL = 10;

  /**
   * Replication is asynchronous: hits that the old master had not yet replicated may be granted
   * again. Replicated hits are not.
   */
  @Test
  void b3_s4_theNewMasterKeepsReplicatedHits() {
    try (SentinelGroup group = SentinelGroup.start();
        Backend lettuce = ClientLibrary.LETTUCE.standalone(group.uri(), "lettuce");
        Backend jedis = ClientLibrary.JEDIS.standalone(group.uri(), "jedis")) {
      exhaustBucket(lettuce);
      exhaustBucket(jedis);
      SentinelGroup.awaitReplicas(group.master(), 2);
      try (LoadGenerator lettuceLoad = LoadGenerator.start(lettuce, CAPACITY, "client");
          LoadGenerator jedisLoad = LoadGenerator.start(jedis, CAPACITY, "client")) {
        lettuceLoad.awaitGranted(100);
        jedisLoad.awaitGranted(100);
        RedisProcess master = group.master();
        master.kill();
        long lettuceLoss = unreplicated(lettuceLoad, lettuce, group, master);
        long jedisLoss = unreplicated(jedisLoad, jedis, group, master);
        lettuceLoad.awaitFailures();
        jedisLoad.awaitFailures();
        Condition.await("another master", () -> group.master() != master);
        lettuceLoad.awaitAnswers();
        jedisLoad.awaitAnswers();
        assertThat(isExhausted(lettuce)).isTrue();
        assertThat(isExhausted(jedis)).isTrue();
        lettuceLoad.awaitDenied();
        jedisLoad.awaitDenied();
        lettuceLoad.requireRules(ClientLibrary.DEADLINE);
        jedisLoad.requireRules(ClientLibrary.DEADLINE);
        lettuceLoad.requireGranted(CAPACITY, lettuceLoss);
        jedisLoad.requireGranted(CAPACITY, jedisLoss);
      }
    }
  }

  /** The connections stay open, and the operating system acknowledges their traffic. */
  @Test
  void b3_s4_clientsLeaveAHangingMaster() {
    try (SentinelGroup group = SentinelGroup.start();
        Backend lettuce = ClientLibrary.LETTUCE.standalone(group.uri(), "lettuce");
        Backend jedis = ClientLibrary.JEDIS.standalone(group.uri(), "jedis")) {
      exhaustBucket(lettuce);
      exhaustBucket(jedis);
      RedisProcess master = group.master();
      SentinelGroup.awaitReplicas(master, 2);
      master.pause();
      for (Backend backend : List.of(lettuce, jedis)) {
        Condition.await(backend + " answers again", () -> answersExhausted(backend));
      }
      assertThat(group.master()).isNotSameAs(master);
    }
  }

  private static boolean answersExhausted(Backend backend) {
    try {
      assertThat(isExhausted(backend)).isTrue();
      return true;
    } catch (BackendException | OverloadException e) {
      return false;
    }
  }

  /** The tokens that the dead master granted and the least current replica has not received. */
  private static long unreplicated(
      LoadGenerator load, Backend backend, SentinelGroup group, RedisProcess dead) {
    long granted = load.granted();
    String key = StoredBuckets.keyOf(backend, "client", "");
    return group.servers().stream()
        .filter(server -> server != dead)
        .mapToLong(server -> granted - StoredBuckets.takenTokens(server, key, CAPACITY, false))
        .max()
        .orElseThrow();
  }

  private static void exhaustBucket(Backend backend) {
    backend.open();
    assertThat(
            backend
                .decide(
                    new BackendCall(
                        Operation.HIT, LoadGenerator.policy(SMALL), "quiet", "", SMALL))[0])
        .isZero();
  }

  private static boolean isExhausted(Backend backend) {
    return backend
            .decide(new BackendCall(Operation.HIT, LoadGenerator.policy(SMALL), "quiet", "", 1))[0]
        < 0;
  }
}
