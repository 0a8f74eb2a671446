package io.traffik.tck.backend;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Which tests of the kit a broken specimen must fail; it must pass all others. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@interface RejectedBy {

  /** The tests of the rule that is broken. */
  String[] value();

  /** Tests of other rules that cannot hold without it. */
  String[] also() default {};

  /** Tests that fail or pass as chance, in races, will have it. */
  String[] sometimes() default {};

  /** Whether random histories come upon it. */
  boolean historyCount() default true;

  /** Whether the tests of the rule find it in real time too. */
  boolean inRealTime() default true;
}
