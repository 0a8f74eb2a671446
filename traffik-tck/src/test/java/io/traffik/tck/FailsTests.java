package io.traffik.tck;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;

/** Names the tests of its contract that a broken adapter must fail. It must pass all others. */
@Retention(RetentionPolicy.RUNTIME)
public @interface FailsTests {

  /** The names of the tests. */
  String[] value();

  /** Whether other tests may fail too, because they depend on the broken rule. */
  boolean andOthers() default false;
}
