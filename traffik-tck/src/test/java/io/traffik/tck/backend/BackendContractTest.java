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

/** What the kit promises to those whose backends it judges. */
final class BackendContractTest {

  private static final Pattern RULE = Pattern.compile("\\G([a-z]\\d+)_");

  @Test
  void l7_everyTestIsNamedAfterItsRulesAndEveryRuleHasOne() {
    Set<String> rules =
        tests().stream()
            .flatMap(test -> RULE.matcher(test.getName()).results().map(MatchResult::group))
            .collect(Collectors.toSet());
    assertThat(tests()).allMatch(test -> RULE.matcher(test.getName()).find());
    for (int rule = 1; rule <= 12; rule++) {
      assertThat(rules).contains("b" + rule + "_");
    }
    assertThat(rules).contains("k1_", "k4_", "l1_", "l2_", "l3_", "l4_", "t7_");
  }

  @Test
  void l7_aRightBackendRunsAllTestsAndSkipsNone() {
    ContractRun run = BackendUnderTest.run(ReferenceBackend::new);
    assertThat(run.failed()).isEmpty();
    assertThat(run.skipped()).isEmpty();
    assertThat(run.passed()).hasSize(tests().size());
  }

  @Test
  void l7_aRightBackendThatOutlivesItsScopePasses() {
    ContractRun run =
        BackendUnderTest.run(
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
  void l7_aBackendThatSharesNothingMustNotSayThatItDoes() {
    ContractRun run =
        BackendUnderTest.run((namespace, store) -> InMemoryBackend.builder(namespace).build());
    assertThat(run.failed().get("k4_backendsOfOneNamespaceShareBucketsIfTheySaySo"))
        .contains("InMemoryBackend breaks rule K4", "sharesBuckets() is true");
  }

  @Test
  void l7_aFailureNamesTheBackendTheRuleAndTheNumbers() {
    ContractRun run = BackendUnderTest.run(BrokenBuckets.RoundsWaitsUp::new);
    assertThat(run.failed().get("b4_b9_allRatesGrantWhenTheLongestOfTheirWaitsIsOver"))
        .isEqualTo("RoundsWaitsUp breaks rule B4, B9: a denial for 7s had ended, 6.125s later");
    assertThat(run.failed().get("b12_aPeekAnswersAsTheHitWouldAndTakesNothing"))
        .contains(
            "a peek of 3 at 0s, 10/8760h: must be denied for 1752h, was denied for 1752h1s",
            "All that was asked of \"client\":",
            "hit of 4 at 0s → granted, 6 tokens left");
  }

  @Test
  void l7_aRandomHistoryThatFailsIsToldInFewStepsAndWithItsSeed() {
    ContractRun run = BackendUnderTest.run(BrokenRefunds.LosesRefunds::new);
    String failure =
        run.failed().get("b1_b2_b4_b6_b12_randomHistoriesAreAnsweredAsTheArithmeticDoes");
    assertThat(failure)
        .contains("LosesRefunds breaks rule B1, B2, B4, B6, B12: a refund of ")
        .contains("Drawn from seed 20260101; -Dtraffik.tck.seed with that number");
    // A hit, and the refund that is lost.
    assertThat(failure.lines().filter(line -> line.contains("→"))).hasSize(2);
    assertThat(BackendUnderTest.run(BrokenRefunds.LosesRefunds::new).failed())
        .containsEntry("b1_b2_b4_b6_b12_randomHistoriesAreAnsweredAsTheArithmeticDoes", failure);
  }

  @Test
  void l7_keysThatMeetAreNamed() {
    ContractRun run = BackendUnderTest.run(BrokenKeys.EncodesKeys::new);
    assertThat(run.failed().get("k1_differentKeysNeverMeetAndTheSameAlwaysDo"))
        .contains("(\"api\", \"\\ud83d\", \"\") shares a bucket with (\"api\", \"?\", \"\")");
  }

  @Test
  void l7_whatABackendThrowsIsAFailureOfTheRule() {
    ContractRun run = BackendUnderTest.run(BrokenLifecycles.ClosesOnce::new);
    assertThat(run.failed().get("l3_closingTwiceIsTheSameAsOnce"))
        .startsWith("ClosesOnce breaks rule L3: threw java.lang.IllegalStateException: closed: ");
  }

  @Test
  void l7_aGrainOutOfRangeIsRefused() {
    BackendFixture fixture = new BackendFixture(new OfGrain(Duration.ofMillis(1)), 1);
    assertThat(fixture.time().grain()).isEqualTo(1_000_000);
    for (Duration grain : List.of(Duration.ofNanos(-1), Duration.ofNanos(1_000_001))) {
      assertThat(catchThrowable(() -> new BackendFixture(new OfGrain(grain), 1)))
          .isInstanceOf(ConfigurationException.class)
          .hasMessage("grain() must be from 0 to PT0.001S: " + grain);
    }
  }

  private static final class OfGrain extends BackendContract {

    private final Duration grain;

    OfGrain(Duration grain) {
      this.grain = grain;
    }

    @Override
    protected Backend backend(String namespace) {
      return InMemoryBackend.create(namespace);
    }

    @Override
    protected Duration grain() {
      return grain;
    }
  }

  private static List<Method> tests() {
    return Arrays.stream(BackendContract.class.getMethods())
        .filter(method -> method.isAnnotationPresent(Test.class))
        .toList();
  }
}
