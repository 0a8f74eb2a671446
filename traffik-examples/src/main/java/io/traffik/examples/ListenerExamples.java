package io.traffik.examples;

import io.traffik.Backend;
import io.traffik.BackendException;
import io.traffik.ConnectionView;
import io.traffik.Decision;
import io.traffik.Throttle;
import io.traffik.ThrottleListener;
import java.util.concurrent.atomic.LongAdder;

/** The examples of docs/logging.md. */
final class ListenerExamples {

  private ListenerExamples() {}

  static final class HitCounter implements ThrottleListener {

    final LongAdder allowed = new LongAdder();
    final LongAdder denied = new LongAdder();
    final LongAdder shadowed = new LongAdder();
    final LongAdder failed = new LongAdder();

    @Override
    public void onDecision(ConnectionView view, Decision decision, Throttle throttle) {
      (decision.shadowed() ? shadowed : decision.denied() ? denied : allowed).increment();
    }

    @Override
    public void onBackendFailure(ConnectionView view, BackendException failure, Throttle throttle) {
      failed.increment();
    }
  }

  static Throttle counted(Backend backend, HitCounter counter) {
    Throttle api =
        Throttle.builder("api").rate("100/min").listener(counter).backend(backend).build();
    return api;
  }
}
