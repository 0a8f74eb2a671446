package io.traffik.jmh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.traffik.jmh.contender.Contenders;
import io.traffik.jmh.contender.RedisContenders;
import io.traffik.jmh.workload.BenchmarkLimit;
import io.traffik.jmh.workload.Limiter;
import io.traffik.jmh.workload.RedisLimiter;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openjdk.jmh.annotations.Param;

/** Every benchmark method gets the answer that it measures. */
@Tag("once")
class BenchmarksTest {

  private static final int HITS = 5_000;

  static List<String> contenders() {
    return Contenders.ALL;
  }

  private static void requireAnswer(String answer, Predicate<AnswerVerifier> hit) {
    AnswerVerifier answers = new AnswerVerifier();
    for (int i = 0; i < HITS; i++) {
      assertThat(hit.test(answers)).isEqualTo(answer.equals(BenchmarkTarget.ALLOWED));
    }
    answers.requireNoneUnexpected();
  }

  @ParameterizedTest
  @MethodSource("contenders")
  void hotKeyGetsTheMeasuredAnswer(String contender) {
    for (String answer : List.of(BenchmarkTarget.ALLOWED, BenchmarkTarget.DENIED)) {
      HotKeyBenchmark benchmark = new HotKeyBenchmark();
      benchmark.limiter = contender;
      benchmark.answer = answer;
      benchmark.setUp();
      HotKeyBenchmark.Client client = new HotKeyBenchmark.Client();
      requireAnswer(answer, answers -> benchmark.hit(client, answers));
    }
  }

  @ParameterizedTest
  @MethodSource("contenders")
  void keyedGetsTheMeasuredAnswer(String contender) {
    for (String answer : List.of(BenchmarkTarget.ALLOWED, BenchmarkTarget.DENIED)) {
      KeyedBenchmark benchmark = new KeyedBenchmark();
      benchmark.limiter = contender;
      benchmark.answer = answer;
      benchmark.keys = 1_000;
      benchmark.setUp();
      KeyedBenchmark.Clients clients = new KeyedBenchmark.Clients();
      clients.setUp(1_000, 1 << 10);
      requireAnswer(answer, answers -> benchmark.hit(clients, answers));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {Contenders.TRAFFIK, Contenders.BUCKET4J_CAFFEINE})
  void collidingKeysAreAllowed(String contender) {
    for (String clients :
        List.of(HashCollisionBenchmark.COLLIDING, HashCollisionBenchmark.DISTINCT)) {
      HashCollisionBenchmark benchmark = new HashCollisionBenchmark();
      benchmark.limiter = contender;
      benchmark.clients = clients;
      benchmark.setUp();
      HashCollisionBenchmark.Clients colliding = new HashCollisionBenchmark.Clients();
      colliding.setUp(benchmark);
      requireAnswer(BenchmarkTarget.ALLOWED, answers -> benchmark.hit(colliding, answers));
    }
  }

  @Test
  void collidingKeysHaveOneHashCodeAndDistinctOnesDoNot() {
    assertThat(hashCodes(HashCollisionBenchmark.COLLIDING)).isEqualTo(1);
    assertThat(hashCodes(HashCollisionBenchmark.DISTINCT)).isEqualTo(1 << 12);
  }

  private static long hashCodes(String clients) {
    return Arrays.stream(HashCollisionBenchmark.identities(clients))
        .mapToInt(String::hashCode)
        .distinct()
        .count();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {Contenders.TRAFFIK, Contenders.BUCKET4J_CAFFEINE, Contenders.BUCKET4J_PROXY})
  void floodIsAllowed(String contender) {
    for (String clients :
        List.of(FloodBenchmark.NEW, FloodBenchmark.KNOWN, FloodBenchmark.KNOWN_UNIFORM)) {
      FloodBenchmark benchmark = new FloodBenchmark();
      benchmark.limiter = contender;
      benchmark.clients = clients;
      benchmark.bound = 1_000;
      benchmark.setUp();
      FloodBenchmark.RingPosition position = new FloodBenchmark.RingPosition();
      requireAnswer(BenchmarkTarget.ALLOWED, answers -> benchmark.hit(position, answers));
    }
  }

  @Test
  void floodClientsHaveTheStatedFrequencies() {
    // Of 750 log-uniform clients, the most frequent one has ln 2 / ln 751 of the hits.
    assertThat(timesInRing(FloodBenchmark.KNOWN).getMax()).isBetween(1_500L, 1_850L);
    LongSummaryStatistics equally = timesInRing(FloodBenchmark.KNOWN_UNIFORM);
    assertThat(equally.getMax() - equally.getMin()).isEqualTo(1);
    assertThat(equally.getCount()).isEqualTo(750);
    assertThat(timesInRing(FloodBenchmark.NEW).getCount()).isEqualTo(16_000);
  }

  /** Returns statistics of the number of hits per client. */
  private static LongSummaryStatistics timesInRing(String clients) {
    FloodBenchmark benchmark = new FloodBenchmark();
    benchmark.limiter = Contenders.TRAFFIK;
    benchmark.clients = clients;
    benchmark.bound = 1_000;
    benchmark.setUp();
    return Arrays.stream(benchmark.ring)
        .collect(Collectors.groupingBy(client -> client, Collectors.counting()))
        .values()
        .stream()
        .mapToLong(Long::longValue)
        .summaryStatistics();
  }

  @ParameterizedTest
  @CsvSource({"allowed, 1", "allowed, 2", "denied, 1", "denied, 2"})
  void throttleGetsTheMeasuredAnswer(String answer, int backendClasses) {
    ThrottleBenchmark benchmark = new ThrottleBenchmark();
    benchmark.answer = answer;
    benchmark.backendClasses = backendClasses;
    benchmark.setUp();
    ThrottleBenchmark.Caller caller = new ThrottleBenchmark.Caller();
    for (BiPredicate<ThrottleBenchmark.Caller, AnswerVerifier> method :
        List.<BiPredicate<ThrottleBenchmark.Caller, AnswerVerifier>>of(
            benchmark::storeOneRate,
            benchmark::storeTwoRates,
            benchmark::throttleOneRate,
            benchmark::throttleTwoRates)) {
      requireAnswer(answer, answers -> method.test(caller, answers));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void operationsAreAllowed(int rates) {
    OperationBenchmark benchmark = new OperationBenchmark();
    benchmark.rates = rates;
    benchmark.setUp();
    OperationBenchmark.Caller caller = new OperationBenchmark.Caller();
    for (BiPredicate<OperationBenchmark.Caller, AnswerVerifier> method :
        List.<BiPredicate<OperationBenchmark.Caller, AnswerVerifier>>of(
            benchmark::hit,
            benchmark::peek,
            benchmark::enforce,
            benchmark::charge,
            benchmark::hitAsync,
            benchmark::enforceAsync,
            (each, answers) -> benchmark.hitKept(each).allowed())) {
      requireAnswer(BenchmarkTarget.ALLOWED, answers -> method.test(caller, answers));
    }
  }

  static List<String> redisContenders() {
    return RedisContenders.ALL;
  }

  @ParameterizedTest
  @MethodSource("redisContenders")
  void decisionsOverRedisAreAllowed(String contender) {
    for (int keys : List.of(1, 100)) {
      RedisDecisionBenchmark benchmark = new RedisDecisionBenchmark();
      benchmark.limiter = contender;
      benchmark.keys = keys;
      benchmark.setUp();
      try {
        RedisDecisionBenchmark.Clients clients = new RedisDecisionBenchmark.Clients();
        clients.setUp(keys, 0);
        AnswerVerifier answers = new AnswerVerifier();
        for (int i = 0; i < 500; i++) {
          assertThat(benchmark.hit(clients, answers)).isTrue();
        }
        answers.requireNoneUnexpected();
      } finally {
        benchmark.tearDown();
      }
    }
  }

  /** Every contender over Redis limits; otherwise its benchmark would measure nothing. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        RedisContenders.TRAFFIK_LETTUCE,
        RedisContenders.TRAFFIK_JEDIS,
        RedisContenders.BUCKET4J_LETTUCE,
        RedisContenders.BUCKET4J_JEDIS
      })
  void contendersOverRedisGrantExactlyTheCapacity(String contender) {
    try (BenchmarkRedisServer server = new BenchmarkRedisServer();
        RedisLimiter limiter =
            RedisContenders.create(contender, server.uri(), BenchmarkLimit.HUNDRED_PER_DAY)) {
      int granted = 0;
      for (int i = 0; i < 300; i++) {
        granted += limiter.hit("203.0.113.7") ? 1 : 0;
      }
      assertThat(granted).isEqualTo(100);
    }
  }

  /** Both methods send the same command, with at most 256 in flight. */
  @Test
  void decisionsInFlightAndTheirRawCommandsAreAnswered() {
    RedisPipelineBenchmark benchmark = new RedisPipelineBenchmark();
    benchmark.setUp();
    try {
      AnswerVerifier answers = new AnswerVerifier();
      RedisPipelineBenchmark.InFlight decisions = new RedisPipelineBenchmark.InFlight();
      RedisPipelineBenchmark.InFlight raw = new RedisPipelineBenchmark.InFlight();
      for (int i = 0; i < 256; i++) {
        benchmark.traffikLettuce(decisions, answers);
        benchmark.rawEvalsha(raw);
      }
      for (int i = 0; i < 1_000; i++) {
        assertThat(benchmark.traffikLettuce(decisions, answers)).isInstanceOf(long[].class);
        assertThat(benchmark.rawEvalsha(raw)).isInstanceOf(Long.class);
      }
      answers.requireNoneUnexpected();
    } finally {
      benchmark.tearDown();
    }
  }

  @Test
  void theRedisBenchmarkMeasuresAllItsContenders() throws NoSuchFieldException {
    assertThat(RedisDecisionBenchmark.class.getField("limiter").getAnnotation(Param.class).value())
        .containsExactlyElementsOf(RedisContenders.ALL);
  }

  @Test
  void theBenchmarksMeasureAllContenders() throws NoSuchFieldException {
    for (Class<?> benchmark : List.of(HotKeyBenchmark.class, KeyedBenchmark.class)) {
      Field limiter = benchmark.getField("limiter");
      assertThat(limiter.getAnnotation(Param.class).value())
          .containsExactlyElementsOf(Contenders.ALL);
    }
  }

  @Test
  void aWrongAnswerFailsTheRun() {
    Limiter one = Contenders.create(Contenders.TRAFFIK, BenchmarkLimit.ALLOWED_ONCE, 1);
    BenchmarkTarget target = BenchmarkTarget.holding(one, true, 0);
    AnswerVerifier answers = new AnswerVerifier();
    target.hit("203.0.113.7", answers);
    answers.requireNoneUnexpected();
    target.hit("203.0.113.7", answers);
    assertThatThrownBy(answers::requireNoneUnexpected)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("Hits with an unexpected answer: 1");
  }

  @Test
  void aContenderThatForgotItsClientsIsRejected() {
    Limiter one = Contenders.create(Contenders.TRAFFIK, BenchmarkLimit.ALWAYS_ALLOWED, 1);
    one.consumeHalf("203.0.113.7");
    assertThatThrownBy(() -> BenchmarkTarget.holding(one, true, 2))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("The contender must hold 2 clients but holds 1");
  }
}
