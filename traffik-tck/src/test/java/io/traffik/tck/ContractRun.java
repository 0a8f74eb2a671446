package io.traffik.tck;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.traffik.tck.backend.BackendContract;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * The results of running a contract's tests by JUnit's launcher.
 *
 * @param passed the names of the tests that passed
 * @param skipped the names of the tests that were skipped
 * @param failed the failure messages by the names of the tests
 */
public record ContractRun(Set<String> passed, Set<String> skipped, Map<String, String> failed) {

  /**
   * Runs the tests of one class.
   *
   * @param excluded a pattern of test names to leave out
   */
  public static ContractRun of(Class<?> contract, String excluded) {
    PostDiscoveryFilter filter =
        test -> FilterResult.includedIf(!test.getDisplayName().matches(excluded));
    return run(
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selectClass(contract))
            .filters(filter)
            .build());
  }

  /** Runs the selected tests of a {@link BackendContract} with a fixed seed. */
  public static ContractRun of(List<DiscoverySelector> selectors, long seed) {
    return run(
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selectors)
            .configurationParameter("traffik.tck.seed", Long.toString(seed))
            .build());
  }

  private static ContractRun run(LauncherDiscoveryRequest request) {
    ContractRun run = new ContractRun(new TreeSet<>(), new TreeSet<>(), new TreeMap<>());
    LauncherFactory.create().execute(request, run.listener());
    return run;
  }

  private static String message(Throwable thrown) {
    return thrown.getMessage() == null ? thrown.toString() : thrown.getMessage();
  }

  private static String name(TestIdentifier test) {
    return test.getSource().orElse(null) instanceof MethodSource method
        ? method.getMethodName()
        : test.getDisplayName();
  }

  private TestExecutionListener listener() {
    return new TestExecutionListener() {
      @Override
      public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        switch (result.getStatus()) {
          case FAILED ->
              failed.put(name(test), result.getThrowable().map(ContractRun::message).orElse(""));
          case ABORTED -> skipped.add(name(test));
          case SUCCESSFUL -> {
            if (test.isTest()) {
              passed.add(name(test));
            }
          }
        }
      }

      @Override
      public void executionSkipped(TestIdentifier test, String reason) {
        skipped.add(name(test));
      }
    };
  }
}
