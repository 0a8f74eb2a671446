package io.traffik.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.memory.InMemoryBackend;
import io.traffik.redis.server.RedisConnection;
import io.traffik.redis.server.RedisServers;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import io.traffik.tck.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Hits that one script decides all or nothing. */
final class RedisTogetherTest {

  private static final int HISTORIES = 400;
  private static final int STEPS = 15;
  private static final long MAX_PAUSE_MICROS = 3_000_000;

  private ManualClock clock = new ManualClock();

  private final RedisBackend redis =
      RedisBackend.jedis("together-" + Long.toHexString(System.nanoTime()))
          .uri(RedisContract.standaloneUri())
          .deadline(Duration.ofSeconds(10))
          .clock(() -> ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant()))
          .build();

  @AfterEach
  void clear() {
    redis.reset();
    redis.close();
  }

  private static BackendCall hit(String uid, String client, long cost, Rate... rates) {
    return new BackendCall(Operation.HIT, QuotaPolicy.of(uid, List.of(rates)), client, "", cost);
  }

  private static boolean areGranted(List<BackendCall> hits, List<long[]> answers) {
    for (int i = 0; i < hits.size(); i++) {
      if (!hits.get(i).isGranted(answers.get(i))) {
        return false;
      }
    }
    return true;
  }

  private List<long[]> decide(Random random, List<BackendCall> hits) {
    return random.nextBoolean()
        ? redis.decideTogether(hits)
        : redis.decideTogetherAsync(hits).toCompletableFuture().join();
  }

  /**
   * Decides hits as a model: each in order, and all are refunded if one is denied. Then the answers
   * are those of peeks, except where only earlier hits on the same key deny a hit.
   */
  private static List<long[]> model(Backend memory, List<BackendCall> hits) {
    List<long[]> answers = new ArrayList<>();
    List<BackendCall> refunds = new ArrayList<>();
    List<long[]> peeked =
        memory.decideAll(
            hits.stream().map(hit -> hit.with(Operation.PEEK, hit.cost(), 0)).toList());
    for (BackendCall hit : hits) {
      long[] margins = memory.decide(hit);
      answers.add(margins);
      if (hit.isGranted(margins)) {
        refunds.add(hit.with(Operation.REFUND, hit.cost(), 0));
      }
    }
    if (areGranted(hits, answers)) {
      return answers;
    }
    memory.decideAll(refunds);
    for (int i = 0; i < hits.size(); i++) {
      BackendCall hit = hits.get(i);
      if (hit.isGranted(answers.get(i)) || !hit.isGranted(peeked.get(i))) {
        answers.set(i, peeked.get(i));
      }
    }
    return answers;
  }

  @Test
  void b15_hitsTogetherHaveTheAnswersOfTheModelInMemory() {
    long seed = System.nanoTime();
    for (int i = 0; i < HISTORIES; i++) {
      replay(new Random(seed + i), i, "seed " + (seed + i));
    }
  }

  private void replay(Random random, int history, String seed) {
    clock = new ManualClock();
    Backend memory = InMemoryBackend.builder("together").clock(clock).build();
    List<QuotaPolicy> policies = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      List<Rate> rates = new ArrayList<>();
      for (int rate = 0; rate <= random.nextInt(3); rate++) {
        rates.add(Rate.of(1 + random.nextInt(9), Duration.ofMillis(1 + random.nextInt(3_000))));
      }
      policies.add(QuotaPolicy.of("limit " + i, rates));
    }
    for (int step = 0; step < STEPS; step++) {
      clock.advance(Duration.ofNanos(1_000 * random.nextLong(MAX_PAUSE_MICROS)));
      List<BackendCall> hits = new ArrayList<>();
      for (int i = random.nextInt(6); i > 0; i--) {
        QuotaPolicy policy = policies.get(random.nextInt(policies.size()));
        String client = "client " + history + "-" + random.nextInt(2);
        hits.add(
            new BackendCall(
                Operation.HIT, policy, client, "", random.nextLong(2 + policy.capacity() / 2)));
      }
      assertThat(decide(random, hits).toArray(new long[0][]))
          .as("%s, step %s: %s", seed, step, hits)
          .isDeepEqualTo(model(memory, hits).toArray(new long[0][]));
      assertSameBuckets(memory, hits, seed);
    }
  }

  private void assertSameBuckets(Backend memory, List<BackendCall> hits, String seed) {
    for (BackendCall hit : hits) {
      BackendCall peek = hit.with(Operation.PEEK, 0, 0);
      assertThat(redis.decide(peek)).as(seed).isEqualTo(memory.decide(peek));
    }
  }

  /** Each hit is denied, so each writes its interval as a single denial does. */
  @Test
  void b11_b15_hitsThatAreDeniedTogetherWriteTheirNewSpeed() {
    Rate slow = Rate.of(10, Duration.ofSeconds(100));
    Rate fast = Rate.of(10, Duration.ofSeconds(10));
    redis.decide(hit("shared", "client", 10, slow));
    redis.decide(hit("own", "client", 1, Rate.of(1, Duration.ofDays(1))));
    List<BackendCall> hits =
        List.of(
            hit("shared", "client", 1, fast),
            hit("own", "client", 1, Rate.of(1, Duration.ofDays(1))));
    assertThat(areGranted(hits, redis.decideTogether(hits))).isFalse();
    clock.advance(Duration.ofSeconds(5));
    long[] margins = redis.decide(hit("shared", "client", 0, fast).with(Operation.PEEK, 0, 0));
    // The ten tokens refill within ten seconds from the denial on.
    assertThat(margins).containsExactly(Duration.ofSeconds(5).toNanos());
  }

  @Test
  void b2_b15_hitsThatAreDeniedTogetherWriteNothing() {
    Rate rate = Rate.of(5, Duration.ofDays(1));
    redis.decide(hit("shared", "client", 1, rate));
    redis.decide(hit("own", "client", 5, rate));
    try (RedisConnection server = RedisServers.standalone().connect()) {
      String key = redis.namespace() + "|shared|client|";
      String before = server.text("GET", key);
      clock.advance(Duration.ofSeconds(1));
      List<BackendCall> hits =
          List.of(hit("shared", "client", 1, rate), hit("own", "client", 1, rate));
      assertThat(areGranted(hits, redis.decideTogether(hits))).isFalse();
      assertThat(server.text("GET", key)).isEqualTo(before);
    }
  }

  @Test
  void b5_b15_aHitThatCanNeverBeGrantedDeniesTheOthers() {
    Rate rate = Rate.of(5, Duration.ofDays(1));
    List<BackendCall> hits =
        List.of(hit("shared", "client", 1, rate), hit("own", "client", 6, rate));
    assertThat(areGranted(hits, redis.decideTogether(hits))).isFalse();
    assertThat(redis.decide(hits.get(0).with(Operation.PEEK, 0, 0)))
        .containsExactly(rate.fillNanos());
  }
}
