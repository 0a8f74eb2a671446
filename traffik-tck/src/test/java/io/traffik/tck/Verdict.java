package io.traffik.tck;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * What a contract says of a class that is held to it.
 *
 * @param passed the tests that it passes
 * @param skipped those that do not apply
 * @param failed what the others say
 */
record Verdict(Set<String> passed, Set<String> skipped, Map<String, String> failed) {

  /**
   * Holds a class to its contract.
   *
   * @param leftOut those of its tests whose names match this
   */
  static Verdict on(Class<?> specimen, String leftOut) {
    PostDiscoveryFilter wanted =
        test -> FilterResult.includedIf(!test.getDisplayName().matches(leftOut));
    Verdict verdict = new Verdict(new TreeSet<>(), new TreeSet<>(), new TreeMap<>());
    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(specimen))
                .filters(wanted)
                .build(),
            verdict.listener());
    return verdict;
  }

  private static String message(Throwable thrown) {
    return thrown.getMessage() == null ? thrown.toString() : thrown.getMessage();
  }

  private TestExecutionListener listener() {
    return new TestExecutionListener() {
      @Override
      public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        String name = test.getDisplayName().replaceFirst("\\(.*", "");
        String said = result.getThrowable().map(Verdict::message).orElse("");
        switch (result.getStatus()) {
          case FAILED -> failed.put(name, said);
          case ABORTED -> skipped.add(name);
          case SUCCESSFUL -> {
            if (test.isTest()) {
              passed.add(name);
            }
          }
        }
      }
    };
  }
}
