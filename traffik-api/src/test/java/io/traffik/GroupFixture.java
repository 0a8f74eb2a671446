package io.traffik;

import java.util.ArrayList;
import java.util.List;

/** Throttles on two backends, and the events of their listeners. */
final class GroupFixture {

  final GroupBackend backend = new GroupBackend();
  final GroupBackend second = new GroupBackend();
  final List<String> events = new ArrayList<>();

  /** A builder of a throttle with one bucket, whose listener records its decisions. */
  ThrottleBuilder throttle(String uid, Backend of, String rate) {
    return Throttle.builder(uid)
        .rate(rate)
        .backend(of)
        .scope(Scope.ALL_ROUTES)
        .identifier(view -> Identity.of(uid))
        .listener(
            new ThrottleListener() {
              @Override
              public void onDecision(ConnectionView view, Decision decision, Throttle throttle) {
                events.add(throttle.uid() + (decision.allowed() ? " allowed" : " denied"));
              }

              @Override
              public void onBackendFailure(
                  ConnectionView view, BackendException failure, Throttle throttle) {
                events.add(throttle.uid() + " failed");
              }
            });
  }

  static ThrottleGroup group(Throttle... throttles) {
    return ThrottleGroup.of(List.of(throttles));
  }

  static long remaining(Throttle throttle) {
    return throttle.peek(TestView.GET).remaining();
  }
}
