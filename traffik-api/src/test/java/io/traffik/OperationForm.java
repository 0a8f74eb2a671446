package io.traffik;

import io.traffik.spi.BackendCall;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** The synchronous and the asynchronous form of every operation, as a test parameter. */
enum OperationForm {
  SYNC,
  ASYNC;

  Decision hit(Throttle throttle, ConnectionView view) {
    return this == SYNC ? throttle.hit(view) : join(throttle.hitAsync(view));
  }

  Decision hit(Throttle throttle, ConnectionView view, long cost) {
    return this == SYNC ? throttle.hit(view, cost) : join(throttle.hitAsync(view, cost));
  }

  Decision enforce(Throttle throttle, ConnectionView view) {
    return this == SYNC ? throttle.enforce(view) : join(throttle.enforceAsync(view));
  }

  Decision enforce(Throttle throttle, ConnectionView view, long cost) {
    return this == SYNC ? throttle.enforce(view, cost) : join(throttle.enforceAsync(view, cost));
  }

  Decision peek(Throttle throttle, ConnectionView view) {
    return this == SYNC ? throttle.peek(view) : join(throttle.peekAsync(view));
  }

  Decision refund(Throttle throttle, ConnectionView view, long cost) {
    return this == SYNC ? throttle.refund(view, cost) : join(throttle.refundAsync(view, cost));
  }

  Charge charge(Throttle throttle, ConnectionView view) {
    return this == SYNC ? throttle.charge(view) : join(throttle.chargeAsync(view));
  }

  Charge charge(Throttle throttle, ConnectionView view, long cost) {
    return this == SYNC ? throttle.charge(view, cost) : join(throttle.chargeAsync(view, cost));
  }

  List<Charge> charge(ThrottleGroup group, ConnectionView view) {
    return this == SYNC ? group.charge(view) : join(group.chargeAsync(view));
  }

  List<long[]> decideTogether(Backend backend, List<BackendCall> hits) {
    return this == SYNC ? backend.decideTogether(hits) : join(backend.decideTogetherAsync(hits));
  }

  Charge reserve(Throttle throttle, ConnectionView view, long cost, Duration patience) {
    return this == SYNC
        ? throttle.reserve(view, cost, patience)
        : join(throttle.reserveAsync(view, cost, patience));
  }

  Decision refund(Charge charge) {
    return this == SYNC ? charge.refund() : join(charge.refundAsync());
  }

  Decision settle(Charge charge, long actualCost) {
    return this == SYNC ? charge.settle(actualCost) : join(charge.settleAsync(actualCost));
  }

  private static <T> T join(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }
}
