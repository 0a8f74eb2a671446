package io.traffik.tck.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.traffik.Backend;
import io.traffik.ConfigurationException;
import io.traffik.memory.InMemoryBackend;
import io.traffik.tck.ContractRun;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The results and failure messages of the contract. */
final class BackendContractTest {

  private static final Pattern RULE = Pattern.compile("\\G([a-z]\\d+)_");

  @Test
  void l7_everyTestIsNamedAfterItsRulesAndEveryRuleHasOne() {
    Set<String> rules =
        tests().stream()
            .flatMap(test -> RULE.matcher(test.getName()).results().map(MatchResult::group))
            .collect(Collectors.toSet());
    assertThat(tests()).allMatch(test -> RULE.matcher(test.getName()).find());
    for (int rule = 1; rule <= 15; rule++) {
      assertThat(rules).contains("b" + rule + "_");
    }
    assertThat(rules).contains("k1_", "k4_", "k6_", "l1_", "l2_", "l3_", "l4_", "t7_");
  }

  @Test
  void l7_aCorrectBackendPassesAllTests() {
    ContractRun run = AnyBackendContract.run(ReferenceBackend::new);
    assertThat(run.failed()).isEmpty();
    assertThat(run.skipped()).isEmpty();
    assertThat(run.passed()).hasSize(tests().size());
  }

  @Test
  void l7_aCorrectPersistentBackendPasses() {
    ContractRun run =
        AnyBackendContract.run(
            (namespace, store) ->
                new ReferenceBackend(namespace, store) {
                  @Override
                  public boolean persistent() {
                    return true;
                  }
                });
    assertThat(run.failed()).isEmpty();
  }

  @Test
  void l7_anIsolatedBackendMustNotDeclareSharedBuckets() {
    ContractRun run =
        AnyBackendContract.run((namespace, store) -> InMemoryBackend.builder(namespace).build());
    assertThat(run.failed().get("k4_backendsOfOneNamespaceShareBucketsIfDeclared"))
        .contains("InMemoryBackend breaks rule K4", "sharesBuckets() is true");
  }

  @Test
  void l7_aFailureReportsTheBackendTheRuleAndTheValues() {
    ContractRun run = AnyBackendContract.run(BrokenBuckets.RoundsWaitsUp::new);
    assertThat(run.failed().get("b4_b9_allRatesGrantAfterTheLongestWait"))
        .isEqualTo(
            "RoundsWaitsUp breaks rule B4, B9: a denial for 7s had already ended after 6.125s");
    assertThat(run.failed().get("b12_aPeekPredictsTheHitAndTakesNothing"))
        .contains(
            "a peek of 3 at 0s, 10/8760h: must be short by 1752h, was short by 1752h1s",
            "Calls for client \"client\":",
            "hit of 4 at 0s → granted, 6 tokens left");
  }

  @Test
  void l7_aFailingRandomHistoryIsReportedShortenedWithItsSeed() {
    ContractRun run = AnyBackendContract.run(BrokenRefunds.LosesRefunds::new);
    String failure = run.failed().get("b1_b2_b4_b6_b12_b13_b14_randomHistoriesMatchTokenBucket");
    assertThat(failure)
        .contains("LosesRefunds breaks rule B1, B2, B4, B6, B12, B13, B14: a refund of ")
        .contains("The seed was 20260101. To repeat this history, set -Dtraffik.tck.seed to it.");
    // A hit, and the refund that is not recorded.
    assertThat(failure.lines().filter(line -> line.contains("→"))).hasSize(2);
    assertThat(AnyBackendContract.run(BrokenRefunds.LosesRefunds::new).failed())
        .containsEntry("b1_b2_b4_b6_b12_b13_b14_randomHistoriesMatchTokenBucket", failure);
  }

  @Test
  void l7_keysThatShareABucketAreReported() {
    ContractRun run = AnyBackendContract.run(BrokenKeys.EncodesKeys::new);
    assertThat(run.failed().get("k1_bucketsAreSharedByEqualKeysOnly"))
        .contains("(\"api\", \"\\ud83d\", \"\") shares a bucket with (\"api\", \"?\", \"\")");
  }

  @Test
  void l7_anExceptionOfTheBackendIsAFailureOfTheRule() {
    ContractRun run = AnyBackendContract.run(BrokenLifecycles.ClosesOnce::new);
    assertThat(run.failed().get("l3_closingTwiceIsAllowed"))
        .startsWith("ClosesOnce breaks rule L3: threw io.traffik.BackendClosedException: Backend ");
  }

  @Test
  void l7_aClockResolutionOutOfRangeIsRejected() {
    BackendFixture fixture = new BackendFixture(new WithClockResolution(Duration.ofMillis(1)), 1);
    assertThat(fixture.time().clockResolution()).isEqualTo(1_000_000);
    for (Duration clockResolution : List.of(Duration.ofNanos(-1), Duration.ofNanos(1_000_001))) {
      assertThat(
              catchThrowable(() -> new BackendFixture(new WithClockResolution(clockResolution), 1)))
          .isInstanceOf(ConfigurationException.class)
          .hasMessage("clockResolution() must be from 0 to PT0.001S: " + clockResolution);
    }
  }

  private static final class WithClockResolution extends BackendContract {

    private final Duration clockResolution;

    WithClockResolution(Duration clockResolution) {
      this.clockResolution = clockResolution;
    }

    @Override
    protected Backend backend(String namespace) {
      return InMemoryBackend.create(namespace);
    }

    @Override
    protected Duration clockResolution() {
      return clockResolution;
    }
  }

  private static List<Method> tests() {
    return Arrays.stream(BackendContract.class.getMethods())
        .filter(method -> method.isAnnotationPresent(Test.class))
        .toList();
  }
}
