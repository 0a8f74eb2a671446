package io.traffik.tck;

import io.traffik.Backend;
import java.lang.reflect.Constructor;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** One flaw of each kind, in a specimen that is right but for it. */
record Flaw(Class<?> specimen, RejectedBy expected) {

  /** All of them. */
  static Stream<Flaw> all() {
    return Stream.of(
            BucketFlaws.class,
            RefundFlaws.class,
            RateFlaws.class,
            RateChangeFlaws.class,
            TimeFlaws.class,
            KeyFlaws.class,
            LifeFlaws.class)
        .flatMap(
            flaws ->
                Arrays.stream(flaws.getDeclaredClasses())
                    .filter(Specimen.class::isAssignableFrom)
                    .sorted(Comparator.comparing(Class::getSimpleName)))
        .map(flaw -> new Flaw(flaw, flaw.getAnnotation(RejectedBy.class)));
  }

  Backend backend(String namespace, Shelf shelf) {
    try {
      Constructor<?> constructor = specimen.getDeclaredConstructor(String.class, Shelf.class);
      return (Backend) constructor.newInstance(namespace, shelf);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The tests that must fail, random histories aside. */
  Set<String> mustFail() {
    Set<String> tests = new TreeSet<>(Set.of(expected.value()));
    tests.addAll(Set.of(expected.also()));
    return tests;
  }

  @Override
  public String toString() {
    return specimen.getSimpleName();
  }
}
