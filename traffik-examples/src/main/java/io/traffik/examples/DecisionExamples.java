package io.traffik.examples;

import io.traffik.Backend;
import io.traffik.Charge;
import io.traffik.ConnectionView;
import io.traffik.Decision;
import io.traffik.Identity;
import io.traffik.Throttle;
import io.traffik.ThrottleGroup;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The examples of docs/use-a-throttle.md. */
final class DecisionExamples {

  private DecisionExamples() {}

  static String hit(Throttle api, ConnectionView view) {
    Decision decision = api.hit(view);
    if (decision.denied()) {
      Optional<Duration> wait = decision.retryAfter();
      return wait.map(time -> "retry in " + time).orElse("retrying does not help");
    }
    return decision.remaining() + " left";
  }

  static CompletionStage<Decision> operations(Throttle api, ConnectionView view) {
    api.enforce(view);
    api.peek(view);
    api.refund(view, 1);
    return api.hitAsync(view, 3);
  }

  static void charge(Throttle api, ConnectionView view, Runnable work) {
    Charge charge = api.charge(view, 5);
    try {
      work.run();
    } catch (RuntimeException e) {
      charge.refund();
      throw e;
    }
  }

  static List<Charge> group(Throttle everybody, Throttle perClient, ConnectionView view) {
    ThrottleGroup limits = ThrottleGroup.of(List.of(everybody, perClient));
    List<Charge> charges = limits.charge(view);
    return charges;
  }

  static void export(Backend backend, Runnable work) {
    Throttle exports = Throttle.builder("exports").rate("10/h").backend(backend).build();
    if (exports.hit(Identity.of("customer:42")).allowed()) {
      work.run();
    }
  }
}
