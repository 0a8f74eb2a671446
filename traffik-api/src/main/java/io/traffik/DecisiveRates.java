package io.traffik;

import io.traffik.spi.Margin;
import io.traffik.spi.QuotaPolicy;
import java.util.ArrayList;
import java.util.List;

/** The rates that determined a decision. */
final class DecisiveRates {

  private DecisiveRates() {}

  /** The names of the rates that denied the hit, in the throttle's order; empty if granted. */
  static List<String> violated(Decision decision) {
    if (decision.granted()) {
      return List.of();
    }
    QuotaPolicy policy = decision.policy();
    boolean impossible = decision.impossible();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < policy.size(); i++) {
      boolean violated =
          impossible
              ? decision.cost() > policy.rate(i).capacity()
              : decision.marginCount() > 0
                  && Margin.nanos(decision.margin(i)) < -decision.patience();
      if (violated) {
        names.add(policy.nameOf(i));
      }
    }
    return names.isEmpty() ? List.of(decision.policyName()) : List.copyOf(names);
  }

  /** The position of the rate that determined the decision. */
  static int index(Decision decision) {
    QuotaPolicy policy = decision.policy();
    boolean impossible = decision.impossible();
    int decisive = 0;
    for (int i = 1; i < policy.size(); i++) {
      if (impossible
          ? policy.rate(i).capacity() < policy.rate(decisive).capacity()
          : decision.marginCount() != 0 && isTighter(decision, i, decisive)) {
        decisive = i;
      }
    }
    return decisive;
  }

  private static boolean isTighter(Decision decision, int index, int than) {
    return (!decision.granted() || decision.delayNanos() > 0)
        ? Margin.nanos(decision.margin(index)) < Margin.nanos(decision.margin(than))
        : decision.remaining(index) < decision.remaining(than);
  }
}
