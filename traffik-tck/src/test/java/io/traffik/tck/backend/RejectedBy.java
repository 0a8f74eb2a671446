package io.traffik.tck.backend;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Names the contract's tests that a broken backend must fail. It must pass all others. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@interface RejectedBy {

  /** The tests of the broken rule. */
  String[] value();

  /** Tests of other rules that depend on the broken rule. */
  String[] also() default {};

  /** Tests that fail in some runs only, because they depend on races. */
  String[] sometimes() default {};

  /** Whether random histories find the error. */
  boolean byHistories() default true;

  /** Whether the tests of the broken rule find the error in real time too. */
  boolean inRealTime() default true;
}
