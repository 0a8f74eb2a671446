package io.traffik.tck;

import io.traffik.Backend;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** A run of the kit on a backend, by JUnit's own launcher. */
final class Trial implements TestExecutionListener {

  /** The tests that failed, with what they said. */
  final SortedMap<String, String> failures = new TreeMap<>();

  final AtomicInteger succeeded = new AtomicInteger();
  final AtomicInteger skipped = new AtomicInteger();

  private Trial() {}

  /** All of the kit, on a clock that it moves. */
  static Trial onManualClock(BiFunction<String, Shelf, Backend> backends) {
    return run(
        new Suspect.Charge(backends, false),
        java.util.List.of(DiscoverySelectors.selectClass(Suspect.class)));
  }

  /** Some tests of the kit, in real time. */
  static Trial inRealTime(BiFunction<String, Shelf, Backend> backends, Collection<String> tests) {
    return run(
        new Suspect.Charge(backends, true),
        tests.stream()
            .map(test -> DiscoverySelectors.selectMethod(Suspect.class, test, BackendFixture.class))
            .toList());
  }

  private static Trial run(
      Suspect.Charge charge, Collection<? extends DiscoverySelector> selectors) {
    Trial trial = new Trial();
    Suspect.charge = charge;
    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request()
                .selectors(java.util.List.copyOf(selectors))
                .configurationParameter(BackendFixtureExtension.SEED, "20260101")
                .build(),
            trial);
    return trial;
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    if (test.isTest()) {
      MethodSource source = (MethodSource) test.getSource().orElseThrow();
      switch (result.getStatus()) {
        case SUCCESSFUL -> succeeded.incrementAndGet();
        case ABORTED -> skipped.incrementAndGet();
        case FAILED ->
            failures.put(
                source.getMethodName(),
                result.getThrowable().map(Throwable::getMessage).orElse(""));
      }
    }
  }

  @Override
  public void executionSkipped(TestIdentifier test, String reason) {
    skipped.incrementAndGet();
  }
}
