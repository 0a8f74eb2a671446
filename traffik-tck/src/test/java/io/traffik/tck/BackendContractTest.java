package io.traffik.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.traffik.Backend;
import io.traffik.ConfigurationException;
import io.traffik.memory.InMemoryBackend;
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
    Trial trial = Trial.onManualClock(Specimen::new);
    assertThat(trial.failures).isEmpty();
    assertThat(trial.skipped).hasValue(0);
    assertThat(trial.succeeded).hasValue(tests().size());
  }

  @Test
  void l7_aRightBackendThatOutlivesItsScopePasses() {
    Trial trial =
        Trial.onManualClock(
            (namespace, shelf) ->
                new Specimen(namespace, shelf) {
                  @Override
                  public boolean persistent() {
                    return true;
                  }
                });
    assertThat(trial.failures).isEmpty();
  }

  @Test
  void l7_aBackendThatSharesNothingMustNotSayThatItDoes() {
    Trial trial =
        Trial.onManualClock((namespace, shelf) -> InMemoryBackend.builder(namespace).build());
    assertThat(trial.failures.get("k4_backendsOfOneNamespaceShareBucketsIfTheySaySo"))
        .contains("InMemoryBackend breaks rule K4", "sharesBuckets() is true");
  }

  @Test
  void l7_aFailureNamesTheBackendTheRuleAndTheNumbers() {
    Trial trial = Trial.onManualClock(BucketFlaws.RoundsWaitsUp::new);
    assertThat(trial.failures.get("b4_b9_allRatesGrantWhenTheLongestOfTheirWaitsIsOver"))
        .isEqualTo("RoundsWaitsUp breaks rule B4, B9: a denial for 7s had ended, 6.125s later");
    assertThat(trial.failures.get("b12_aPeekAnswersAsTheHitWouldAndTakesNothing"))
        .contains(
            "a peek of 3 at 0s, 10/8760h: must be denied for 1752h, was denied for 1752h1s",
            "All that was asked of \"client\":",
            "hit of 4 at 0s → granted, 6 tokens left");
  }

  @Test
  void l7_aRandomHistoryThatFailsIsToldInFewStepsAndWithItsSeed() {
    Trial trial = Trial.onManualClock(RefundFlaws.LosesRefunds::new);
    String failure =
        trial.failures.get("b1_b2_b4_b6_b12_randomHistoriesAreAnsweredAsTheArithmeticDoes");
    assertThat(failure)
        .contains("LosesRefunds breaks rule B1, B2, B4, B6, B12: a refund of ")
        .contains("Drawn from seed 20260101; -Dtraffik.tck.seed with that number");
    // A hit, and the refund that is lost.
    assertThat(failure.lines().filter(line -> line.contains("→"))).hasSize(2);
    assertThat(Trial.onManualClock(RefundFlaws.LosesRefunds::new).failures)
        .containsEntry("b1_b2_b4_b6_b12_randomHistoriesAreAnsweredAsTheArithmeticDoes", failure);
  }

  @Test
  void l7_keysThatMeetAreNamed() {
    Trial trial = Trial.onManualClock(KeyFlaws.EncodesKeys::new);
    assertThat(trial.failures.get("k1_differentKeysNeverMeetAndTheSameAlwaysDo"))
        .contains("(\"api\", \"\\ud83d\", \"\") shares a bucket with (\"api\", \"?\", \"\")");
  }

  @Test
  void l7_whatABackendThrowsIsAFailureOfTheRule() {
    Trial trial = Trial.onManualClock(LifeFlaws.ClosesOnce::new);
    assertThat(trial.failures.get("l3_closingTwiceIsTheSameAsOnce"))
        .startsWith("ClosesOnce breaks rule L3: threw java.lang.IllegalStateException: closed: ");
  }

  @Test
  void l7_aGrainOutOfRangeIsRefused() {
    BackendFixture bench = new BackendFixture(new OfGrain(Duration.ofMillis(1)), 1);
    assertThat(bench.time().grain()).isEqualTo(1_000_000);
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
