package io.traffik.redis.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.BackendException;
import io.traffik.redis.server.Condition;
import io.traffik.redis.server.NeedsProcesses;
import io.traffik.redis.server.RedisProcess;
import io.traffik.redis.server.SentinelGroup;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** A master that crashes, or holds still, and that Sentinel replaces, by both clients at once. */
@Isolated
@NeedsProcesses
@Tag("fault")
class SentinelFailoverTest {

  private static final long CAPACITY = 8_000;
  private static final long SMALL = 10;

  /**
   * Replication is asynchronous: what the old master had granted and not yet handed on may be
   * granted again. What had been handed on is not.
   */
  @Test
  void b3_s4_anotherMasterGoesOnWithWhatItWasHanded() {
    try (SentinelGroup group = SentinelGroup.start();
        Backend lettuce = Client.LETTUCE.alone(group.uri(), "lettuce");
        Backend jedis = Client.JEDIS.alone(group.uri(), "jedis")) {
      exhaust(lettuce);
      exhaust(jedis);
      SentinelGroup.awaitReplicas(group.master(), 2);
      try (Load byLettuce = Load.on(lettuce, CAPACITY, "client");
          Load byJedis = Load.on(jedis, CAPACITY, "client")) {
        byLettuce.awaitGranted(100);
        byJedis.awaitGranted(100);
        RedisProcess master = group.master();
        master.kill();
        long lostByLettuce = lost(byLettuce, lettuce, group, master);
        long lostByJedis = lost(byJedis, jedis, group, master);
        byLettuce.awaitFailures();
        byJedis.awaitFailures();
        Condition.await("another master", () -> group.master() != master);
        byLettuce.awaitAnswers();
        byJedis.awaitAnswers();
        assertThat(spent(lettuce)).isTrue();
        assertThat(spent(jedis)).isTrue();
        byLettuce.awaitDenied();
        byJedis.awaitDenied();
        byLettuce.requireRulesKept(Client.DEADLINE);
        byJedis.requireRulesKept(Client.DEADLINE);
        byLettuce.requireGranted(CAPACITY, lostByLettuce);
        byJedis.requireGranted(CAPACITY, lostByJedis);
      }
    }
  }

  /** Its connections stay open, and it acknowledges what it is sent. */
  @Test
  void b3_s4_aMasterThatHoldsStillIsLeftForTheNext() {
    try (SentinelGroup group = SentinelGroup.start();
        Backend lettuce = Client.LETTUCE.alone(group.uri(), "lettuce");
        Backend jedis = Client.JEDIS.alone(group.uri(), "jedis")) {
      exhaust(lettuce);
      exhaust(jedis);
      RedisProcess master = group.master();
      SentinelGroup.awaitReplicas(master, 2);
      master.pause();
      for (Backend backend : List.of(lettuce, jedis)) {
        Condition.await(backend + " answers again", () -> answersSpent(backend));
      }
      assertThat(group.master()).isNotSameAs(master);
    }
  }

  private static boolean answersSpent(Backend backend) {
    try {
      assertThat(spent(backend)).isTrue();
      return true;
    } catch (BackendException e) {
      return false;
    }
  }

  /**
   * What a master has granted that no replica knows of; the one that knows least may succeed it.
   */
  private static long lost(Load load, Backend backend, SentinelGroup group, RedisProcess dead) {
    long granted = load.granted();
    String key = Keys.of(backend, "client", "");
    return group.servers().stream()
        .filter(server -> server != dead)
        .mapToLong(server -> granted - Keys.taken(server, key, CAPACITY, false))
        .max()
        .orElseThrow();
  }

  private static void exhaust(Backend backend) {
    backend.open();
    assertThat(backend.decide(Operation.HIT, Load.policy(SMALL), "quiet", "", SMALL)[0]).isZero();
  }

  private static boolean spent(Backend backend) {
    return backend.decide(Operation.HIT, Load.policy(SMALL), "quiet", "", 1)[0] < 0;
  }
}
