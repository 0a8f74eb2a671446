package io.traffik.tck;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;

/** The tests of its contract that a specimen fails, and no others. */
@Retention(RetentionPolicy.RUNTIME)
@interface FailsTests {

  String[] value();

  /** What the specimen breaks shows nearly everywhere; the tests named are those made for it. */
  boolean andOthers() default false;
}
