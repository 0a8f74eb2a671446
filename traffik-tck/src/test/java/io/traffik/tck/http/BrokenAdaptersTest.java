package io.traffik.tck.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.tck.ContractRun;
import io.traffik.tck.FailsTests;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The contract accepts a correct adapter, and rejects each broken one by the right rules. */
@Tag("once")
final class BrokenAdaptersTest {

  private static final String NOTHING = "";

  /** The load test, which is slow and therefore runs only on adapters that it must reject. */
  private static final String LOAD = "b3_h4_.*";

  /** An adapter without templates and asynchronous handlers. */
  static final class WithoutOptionalFeatures extends ReferenceAdapter {
    @Override
    protected boolean hasTemplates() {
      return false;
    }

    @Override
    protected boolean hasAsynchronousHandlers() {
      return false;
    }
  }

  private static Stream<Class<?>> brokenAdapters() {
    return Stream.of(
            BrokenResponses.class, BrokenBackendUse.class, BrokenCharges.class, BrokenViews.class)
        .flatMap(group -> Arrays.stream(group.getDeclaredClasses()))
        .filter(type -> !Modifier.isAbstract(type.getModifiers()));
  }

  private static FailsTests rejection(Class<?> adapter) {
    return adapter.getAnnotation(FailsTests.class);
  }

  @Test
  void aRightAdapterPasses() {
    ContractRun run = ContractRun.of(ReferenceAdapter.class, NOTHING);
    assertThat(run.failed()).isEmpty();
    assertThat(run.skipped()).isEmpty();
    // Each test must reject at least one adapter.
    assertThat(brokenAdapters().flatMap(type -> Arrays.stream(rejection(type).value())))
        .containsAll(run.passed());
  }

  @Test
  void whatAFrameworkDoesNotHaveIsSkipped() {
    ContractRun run = ContractRun.of(WithoutOptionalFeatures.class, LOAD);
    assertThat(run.failed()).isEmpty();
    assertThat(run.skipped())
        .containsExactly(
            "h3_noPartOfThePathIsEchoed",
            "h4_aDeniedRequestNeverReachesAnAsynchronousHandler",
            "k2_aTemplateIsOneRoute",
            "k2_aThousandPathsMakeOneKeyAndEvictNoClient",
            "k2_allSpellingsOfAParameterHaveOnePath",
            "k2_noSpellingOfAParameterGivesAFreshBucket",
            "k2_theViewHasTheMethodAndTheDecodedPath");
  }

  @TestFactory
  Stream<DynamicTest> eachSpecimenIsRejectedByItsRules() {
    return brokenAdapters()
        .map(
            adapter ->
                DynamicTest.dynamicTest(adapter.getSimpleName(), () -> assertRejected(adapter)));
  }

  private static void assertRejected(Class<?> adapter) {
    FailsTests rejection = rejection(adapter);
    Set<String> expected = new TreeSet<>(Arrays.asList(rejection.value()));
    boolean underLoad = expected.stream().anyMatch(test -> test.matches(LOAD));
    Map<String, String> failed = ContractRun.of(adapter, underLoad ? NOTHING : LOAD).failed();
    if (rejection.andOthers()) {
      assertThat(failed.keySet()).containsAll(expected);
    } else {
      assertThat(failed.keySet()).isEqualTo(expected);
    }
    failed.forEach(
        (test, message) ->
            assertThat(message).startsWith(adapter.getSimpleName() + claim(test) + ": "));
  }

  private static String claim(String test) {
    String rules =
        Arrays.stream(test.split("_", -1))
            .filter(part -> part.matches("[a-z]\\d+"))
            .map(part -> part.toUpperCase(Locale.ROOT))
            .collect(Collectors.joining(", "));
    return rules.isEmpty() ? " fails " + test : " breaks rule " + rules;
  }

  @Test
  void aFailureStatesTheNumbers() {
    assertThat(ContractRun.of(BrokenCharges.RunsTheHandlerAnyway.class, LOAD).failed())
        .containsEntry(
            "h4_aDeniedRequestNeverReachesItsHandler",
            "RunsTheHandlerAnyway breaks rule H4: runs of the handler for 4 requests at 2 per hour"
                + " ==> expected: <2> but was: <4>");
  }
}
