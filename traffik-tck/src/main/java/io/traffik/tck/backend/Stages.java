package io.traffik.tck.backend;

import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.Assertions;

/** What is asked of asynchronous methods. */
final class Stages {

  private Stages() {}

  /** The stage that a call returns, which is all that it may do. */
  static CompletionStage<?> callWithoutThrowing(
      String what, Supplier<? extends CompletionStage<?>> call) {
    CompletionStage<?> stage;
    try {
      stage = call.get();
    } catch (Throwable t) {
      return Assertions.fail(what + " must fail the stage, but threw " + t, t);
    }
    if (stage == null) {
      return Assertions.fail(what + " must return a stage, but returned null");
    }
    return stage;
  }
}
