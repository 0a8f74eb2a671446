package io.traffik.tck;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The kit has teeth: it rejects what is broken, by the tests of the rule that is. */
@Tag("once")
final class BrokenSpecimensTest {

  static Stream<Flaw> flaws() {
    return Flaw.all();
  }

  static Stream<Flaw> flawsInRealTime() {
    return Flaw.all().filter(flaw -> flaw.expected().inRealTime());
  }

  @ParameterizedTest
  @MethodSource("flaws")
  void l7_theKitRejectsABrokenBackendByTheRuleThatItBreaks(Flaw flaw) {
    Trial trial = Trial.onManualClock(flaw::backend);
    Set<String> failed = new TreeSet<>(trial.failures.keySet());
    boolean foundByHistories = failed.removeIf(test -> test.contains("randomHistories"));
    assertThat(failed).as("%s", trial.failures).containsAll(flaw.mustFail());
    failed.removeAll(flaw.mustFail());
    assertThat(flaw.expected().perhaps()).as("others, %s", trial.failures).containsAll(failed);
    assertThat(foundByHistories)
        .as("found by random histories, %s", trial.failures)
        .isEqualTo(flaw.expected().histories());
    assertThat(trial.skipped).hasValue(0);
  }

  @ParameterizedTest
  @MethodSource("flawsInRealTime")
  void l7_theKitRejectsABrokenBackendByThatRuleInRealTimeToo(Flaw flaw) {
    Set<String> tests = Set.of(flaw.expected().value());
    assertThat(Trial.inRealTime(flaw::backend, tests).failures).as("of %s", tests).isNotEmpty();
  }
}
