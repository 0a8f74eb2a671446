package io.traffik.jmh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

/** Every benchmark method allows or denies as it says that it does. */
@Tag("once")
class BenchmarksTest {

  private static final int HITS = 5_000;

  static List<String> contenders() {
    return Contenders.ALL;
  }

  private static void requireAnswer(String answer, Predicate<Verdicts> hit) {
    Verdicts verdicts = new Verdicts();
    for (int i = 0; i < HITS; i++) {
      assertThat(hit.test(verdicts)).isEqualTo(answer.equals(BenchmarkTarget.ALLOWED));
    }
    verdicts.requireNoneWrong();
  }

  @ParameterizedTest
  @MethodSource("contenders")
  void hotKeyAnswersAsItSays(String contender) {
    for (String answer : List.of(BenchmarkTarget.ALLOWED, BenchmarkTarget.DENIED)) {
      HotKeyBenchmark benchmark = new HotKeyBenchmark();
      benchmark.limiter = contender;
      benchmark.answer = answer;
      benchmark.setUp();
      HotKeyBenchmark.Client client = new HotKeyBenchmark.Client();
      requireAnswer(answer, verdicts -> benchmark.hit(client, verdicts));
    }
  }

  @ParameterizedTest
  @MethodSource("contenders")
  void keyedAnswersAsItSays(String contender) {
    for (String answer : List.of(BenchmarkTarget.ALLOWED, BenchmarkTarget.DENIED)) {
      KeyedBenchmark benchmark = new KeyedBenchmark();
      benchmark.limiter = contender;
      benchmark.answer = answer;
      benchmark.keys = 1_000;
      benchmark.setUp();
      KeyedBenchmark.Clients clients = new KeyedBenchmark.Clients();
      clients.setUp(1_000, 1 << 10);
      requireAnswer(answer, verdicts -> benchmark.hit(clients, verdicts));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {Contenders.TRAFFIK, Contenders.BUCKET4J_CAFFEINE})
  void chosenKeysAreAllowed(String contender) {
    for (String clients : List.of(ChosenKeysBenchmark.CHOSEN, ChosenKeysBenchmark.OTHERS)) {
      ChosenKeysBenchmark benchmark = new ChosenKeysBenchmark();
      benchmark.limiter = contender;
      benchmark.clients = clients;
      benchmark.setUp();
      ChosenKeysBenchmark.Clients place = new ChosenKeysBenchmark.Clients();
      place.setUp(benchmark);
      requireAnswer(BenchmarkTarget.ALLOWED, verdicts -> benchmark.hit(place, verdicts));
    }
  }

  @Test
  void chosenKeysHaveOneHashCodeAndTheOthersDoNot() {
    assertThat(hashCodes(ChosenKeysBenchmark.CHOSEN)).isEqualTo(1);
    assertThat(hashCodes(ChosenKeysBenchmark.OTHERS)).isEqualTo(1 << 12);
  }

  private static long hashCodes(String clients) {
    return Arrays.stream(ChosenKeysBenchmark.identities(clients))
        .mapToInt(String::hashCode)
        .distinct()
        .count();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {Contenders.TRAFFIK, Contenders.BUCKET4J_CAFFEINE, Contenders.BUCKET4J_PROXY})
  void floodIsAllowed(String contender) {
    for (String clients :
        List.of(FloodBenchmark.NEW, FloodBenchmark.KNOWN, FloodBenchmark.EQUALLY_KNOWN)) {
      FloodBenchmark benchmark = new FloodBenchmark();
      benchmark.limiter = contender;
      benchmark.clients = clients;
      benchmark.bound = 1_000;
      benchmark.setUp();
      FloodBenchmark.Place place = new FloodBenchmark.Place();
      requireAnswer(BenchmarkTarget.ALLOWED, verdicts -> benchmark.hit(place, verdicts));
    }
  }

  @Test
  void floodsComeBesideClientsThatAreAsFrequentAsTheySay() {
    // Of 750 clients, log-uniform, the first comes with ln 2 / ln 751 of the hits.
    assertThat(timesInRing(FloodBenchmark.KNOWN).getMax()).isBetween(1_500L, 1_850L);
    LongSummaryStatistics equally = timesInRing(FloodBenchmark.EQUALLY_KNOWN);
    assertThat(equally.getMax() - equally.getMin()).isEqualTo(1);
    assertThat(equally.getCount()).isEqualTo(750);
    assertThat(timesInRing(FloodBenchmark.NEW).getCount()).isEqualTo(16_000);
  }

  /** How often clients come. */
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
  void throttleAnswersAsItSays(String answer, int backendClasses) {
    ThrottleBenchmark benchmark = new ThrottleBenchmark();
    benchmark.answer = answer;
    benchmark.backendClasses = backendClasses;
    benchmark.setUp();
    ThrottleBenchmark.Caller caller = new ThrottleBenchmark.Caller();
    for (BiPredicate<ThrottleBenchmark.Caller, Verdicts> method :
        List.<BiPredicate<ThrottleBenchmark.Caller, Verdicts>>of(
            benchmark::bareOneRate,
            benchmark::bareTwoRates,
            benchmark::wholeOneRate,
            benchmark::wholeTwoRates)) {
      requireAnswer(answer, verdicts -> method.test(caller, verdicts));
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
        Verdicts verdicts = new Verdicts();
        for (int i = 0; i < 500; i++) {
          assertThat(benchmark.hit(clients, verdicts)).isTrue();
        }
        verdicts.requireNoneWrong();
      } finally {
        benchmark.tearDown();
      }
    }
  }

  /** A contender over Redis that does not limit would measure nothing. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        RedisContenders.TRAFFIK_LETTUCE,
        RedisContenders.TRAFFIK_JEDIS,
        RedisContenders.BUCKET4J_LETTUCE,
        RedisContenders.BUCKET4J_JEDIS
      })
  void contendersOverRedisGrantExactlyTheCapacity(String contender) {
    try (RedisUnderTest server = new RedisUnderTest();
        RedisLimiter limiter = RedisContenders.make(contender, server.uri(), Limit.DAILY)) {
      int granted = 0;
      for (int i = 0; i < 300; i++) {
        granted += limiter.hit("203.0.113.7") ? 1 : 0;
      }
      assertThat(granted).isEqualTo(100);
    }
  }

  /** Both sides of the pipeline send the same command, with 256 in flight at most. */
  @Test
  void decisionsInFlightAndTheirBareCommandsAreAnswered() {
    RedisPipelineBenchmark benchmark = new RedisPipelineBenchmark();
    benchmark.setUp();
    try {
      Verdicts verdicts = new Verdicts();
      RedisPipelineBenchmark.Flight decisions = new RedisPipelineBenchmark.Flight();
      RedisPipelineBenchmark.Flight bare = new RedisPipelineBenchmark.Flight();
      for (int i = 0; i < 256; i++) {
        benchmark.traffikLettuce(decisions, verdicts);
        benchmark.rawEvalsha(bare);
      }
      for (int i = 0; i < 1_000; i++) {
        assertThat(benchmark.traffikLettuce(decisions, verdicts)).isInstanceOf(long[].class);
        assertThat(benchmark.rawEvalsha(bare)).isInstanceOf(Long.class);
      }
      verdicts.requireNoneWrong();
    } finally {
      benchmark.tearDown();
    }
  }

  @Test
  void theSuiteOverRedisMeasuresAllItsContenders() throws NoSuchFieldException {
    assertThat(RedisDecisionBenchmark.class.getField("limiter").getAnnotation(Param.class).value())
        .containsExactlyElementsOf(RedisContenders.ALL);
  }

  @Test
  void theSuitesMeasureAllContenders() throws NoSuchFieldException {
    for (Class<?> suite : List.of(HotKeyBenchmark.class, KeyedBenchmark.class)) {
      Field limiter = suite.getField("limiter");
      assertThat(limiter.getAnnotation(Param.class).value())
          .containsExactlyElementsOf(Contenders.ALL);
    }
  }

  @Test
  void aWrongAnswerFailsTheRun() {
    Limiter one = Contenders.make(Contenders.TRAFFIK, Limit.SCARCE, 1);
    BenchmarkTarget subject = BenchmarkTarget.holding(one, true, 0);
    Verdicts verdicts = new Verdicts();
    subject.hit("203.0.113.7", verdicts);
    verdicts.requireNoneWrong();
    subject.hit("203.0.113.7", verdicts);
    assertThatThrownBy(verdicts::requireNoneWrong)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("hits with another answer than is measured: 1");
  }

  @Test
  void aContenderThatForgotItsClientsIsNotMeasured() {
    Limiter one = Contenders.make(Contenders.TRAFFIK, Limit.PLENTY, 1);
    one.admit("203.0.113.7");
    assertThatThrownBy(() -> BenchmarkTarget.holding(one, true, 2))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("must hold 2 clients before it is measured: 1");
  }
}
