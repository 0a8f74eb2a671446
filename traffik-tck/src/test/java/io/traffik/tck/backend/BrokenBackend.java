package io.traffik.tck.backend;

import io.traffik.Backend;
import java.lang.reflect.Constructor;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** A backend that breaks one rule. */
record BrokenBackend(Class<?> type, RejectedBy expected) {

  /** All broken backends. */
  static Stream<BrokenBackend> all() {
    return Stream.of(
            BrokenBuckets.class,
            BrokenRefunds.class,
            BrokenRates.class,
            BrokenRateChanges.class,
            BrokenDebts.class,
            BrokenBatches.class,
            BrokenClocks.class,
            BrokenKeys.class,
            BrokenLifecycles.class)
        .flatMap(
            brokenBackends ->
                Arrays.stream(brokenBackends.getDeclaredClasses())
                    .filter(ReferenceBackend.class::isAssignableFrom)
                    .sorted(Comparator.comparing(Class::getSimpleName)))
        .map(broken -> new BrokenBackend(broken, broken.getAnnotation(RejectedBy.class)));
  }

  Backend backend(String namespace, SharedStore store) {
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(String.class, SharedStore.class);
      return (Backend) constructor.newInstance(namespace, store);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The tests that must fail. Tests of random calls may fail too. */
  Set<String> mustFail() {
    Set<String> tests = new TreeSet<>(Set.of(expected.value()));
    tests.addAll(Set.of(expected.also()));
    return tests;
  }

  @Override
  public String toString() {
    return type.getSimpleName();
  }
}
