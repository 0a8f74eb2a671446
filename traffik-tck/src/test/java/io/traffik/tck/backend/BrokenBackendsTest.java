package io.traffik.tck.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.tck.ContractRun;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The kit has teeth: it rejects what is broken, by the tests of the rule that is. */
@Tag("once")
final class BrokenBackendsTest {

  static Stream<BrokenBackend> flaws() {
    return BrokenBackend.all();
  }

  static Stream<BrokenBackend> flawsInRealTime() {
    return BrokenBackend.all().filter(flaw -> flaw.expected().inRealTime());
  }

  @ParameterizedTest
  @MethodSource("flaws")
  void l7_theKitRejectsABrokenBackendByTheRuleThatItBreaks(BrokenBackend flaw) {
    ContractRun run = BackendUnderTest.run(flaw::backend);
    Set<String> failed = new TreeSet<>(run.failed().keySet());
    boolean foundByHistories = failed.removeIf(test -> test.contains("randomHistories"));
    assertThat(failed).as("%s", run.failed()).containsAll(flaw.mustFail());
    failed.removeAll(flaw.mustFail());
    assertThat(flaw.expected().perhaps()).as("others, %s", run.failed()).containsAll(failed);
    assertThat(foundByHistories)
        .as("found by random histories, %s", run.failed())
        .isEqualTo(flaw.expected().histories());
    assertThat(run.skipped()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("flawsInRealTime")
  void l7_theKitRejectsABrokenBackendByThatRuleInRealTimeToo(BrokenBackend flaw) {
    Set<String> tests = Set.of(flaw.expected().value());
    assertThat(BackendUnderTest.runInRealTime(flaw::backend, tests).failed())
        .as("of %s", tests)
        .isNotEmpty();
  }
}
