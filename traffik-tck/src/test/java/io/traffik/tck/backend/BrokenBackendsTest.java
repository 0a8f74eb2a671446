package io.traffik.tck.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.tck.ContractRun;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The kit rejects each broken backend by the tests of the broken rule. */
@Tag("once")
final class BrokenBackendsTest {

  static Stream<BrokenBackend> brokenBackends() {
    return BrokenBackend.all();
  }

  static Stream<BrokenBackend> brokenInRealTime() {
    return BrokenBackend.all().filter(broken -> broken.expected().inRealTime());
  }

  @ParameterizedTest
  @MethodSource("brokenBackends")
  void l7_theKitRejectsABrokenBackendByItsRule(BrokenBackend broken) {
    ContractRun run = AnyBackendContract.run(broken::backend);
    Set<String> failed = new TreeSet<>(run.failed().keySet());
    assertThat(failed).as("%s", run.failed()).containsAll(broken.mustFail());
    assertThat(failed.stream().anyMatch(test -> test.contains("randomHistories")))
        .as("found by random histories, %s", run.failed())
        .isEqualTo(broken.expected().byHistories());
    failed.removeAll(broken.mustFail());
    failed.removeIf(test -> test.contains("_random"));
    assertThat(broken.expected().sometimes()).as("others, %s", run.failed()).containsAll(failed);
    assertThat(run.skipped()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("brokenInRealTime")
  void l7_theKitRejectsABrokenBackendInRealTime(BrokenBackend broken) {
    Set<String> tests = Set.of(broken.expected().value());
    assertThat(AnyBackendContract.runInRealTime(broken::backend, tests).failed())
        .as("of %s", tests)
        .isNotEmpty();
  }
}
