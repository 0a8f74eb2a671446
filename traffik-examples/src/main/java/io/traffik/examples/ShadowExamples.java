package io.traffik.examples;

import static io.traffik.javalin.Throttling.throttled;

import io.javalin.config.JavalinConfig;
import io.traffik.ConnectionView;
import io.traffik.Decision;
import io.traffik.Throttle;
import io.traffik.ThrottleListener;
import io.traffik.ThrottleRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** The examples of docs/try-a-limit.md. */
final class ShadowExamples {

  private ShadowExamples() {}

  static final class TrialReport implements ThrottleListener {

    final Map<String, LongAdder> wouldDeny = new ConcurrentHashMap<>();

    @Override
    public void onDecision(ConnectionView view, Decision decision, Throttle throttle) {
      if (decision.shadowed()) {
        wouldDeny.computeIfAbsent(throttle.uid(), uid -> new LongAdder()).increment();
      }
    }
  }

  static Throttle inShadow(ThrottleRegistry throttles, TrialReport report) {
    Throttle search = throttles.throttle("search").rate("10/min").listener(report).build();
    search.setShadow(true);
    return search;
  }

  static void candidate(JavalinConfig config, ThrottleRegistry throttles, TrialReport report) {
    Throttle search = throttles.throttle("search").rate("100/min").build();
    Throttle candidate =
        throttles.throttle("search-candidate").rate("10/min").listener(report).build();
    candidate.setShadow(true);
    config.routes.before("/search", throttled(search, candidate));
  }

  static void switches(ThrottleRegistry throttles) {
    throttles.get("search").setShadow(false);
    throttles.setShadow(true);
    throttles.get("search").setEnabled(false);
    throttles.setEnabled(false);
  }

  static List<String> list(ThrottleRegistry throttles) {
    List<String> lines = new ArrayList<>();
    for (Throttle throttle : throttles.throttles()) {
      String state = throttle.isEnabled() ? throttle.isShadow() ? "in shadow" : "on" : "off";
      lines.add(throttle.uid() + " " + throttle.rates() + " " + state);
    }
    return lines;
  }
}
