package io.traffik.tck.websocket;

import io.traffik.BackendException;
import io.traffik.FailurePolicy;
import io.traffik.Throttle;
import io.traffik.tck.FailsTests;
import io.traffik.tck.RunningServer;

/** Adapters of a WebSocket server that answer wrongly when a backend fails. */
final class BrokenFailureAnswers {

  private BrokenFailureAnswers() {}

  @FailsTests("l1_aServerStartsWithoutItsStoreAndUsesItLater")
  static final class RequiresItsStoreAtStart extends ReferenceSocketAdapter {
    @Override
    protected RunningServer start(SocketPlan plan) throws InterruptedException {
      plan.backend().open();
      return super.start(plan);
    }
  }

  @FailsTests({
    "f1_aConnectionThatAFailureLeavesUndecidedIsClosed",
    "f1_aMessageThatAFailureLeavesUndecidedIsAnsweredAndNotHandled"
  })
  static final class HandlesUndecidedMessages extends ReferenceSocketAdapter {
    @Override
    void onHandlerError(Line line, Exception thrown) {
      line.connection().send(line.socket().receive("a"));
    }
  }

  @FailsTests({
    "f1_aConnectionThatAFailureLeavesUndecidedIsClosed",
    "f1_aMessageThatAFailureLeavesUndecidedIsAnsweredAndNotHandled"
  })
  static final class ClosesUndecidedConnections extends ReferenceSocketAdapter {
    @Override
    void onHandlerError(Line line, Exception thrown) {
      line.connection().close(1011, "failed");
    }
  }

  @FailsTests({
    "f1_aFailedBackendAllowsIfThePolicyIsAllow",
    "f1_aFailedBackendDeniesIfThePolicyIsDeny",
    "f1_aMessageThatAFailureLeavesUndecidedIsAnsweredAndNotHandled",
    "l1_aServerStartsWithoutItsStoreAndUsesItLater"
  })
  static final class ProbesTheBackend extends ReferenceSocketAdapter {
    @Override
    void text(Line line, String text) {
      try {
        Throttle.builder("probe")
            .rate("1/s")
            .onBackendFailure(FailurePolicy.THROW)
            .build()
            .peek(line.view());
      } catch (BackendException e) {
        onThrottleError(line);
        return;
      }
      super.text(line, text);
    }
  }
}
