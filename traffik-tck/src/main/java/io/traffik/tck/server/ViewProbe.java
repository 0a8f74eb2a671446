package io.traffik.tck.server;

import io.traffik.ConnectionView;
import io.traffik.Identity;
import io.traffik.Throttle;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * A throttle whose identifier reads a value from the view, on the thread of the decision.
 *
 * @param throttle the throttle of the route
 * @param value the value of the first request
 */
public record ViewProbe<T>(Throttle throttle, CompletableFuture<T> value) {

  public static <T> ViewProbe<T> of(Function<ConnectionView, T> probe) {
    CompletableFuture<T> value = new CompletableFuture<>();
    Throttle throttle =
        TestThrottles.throttle("api", "9/h")
            .identifier(
                view -> {
                  value.complete(probe.apply(view));
                  return Identity.of("anyone");
                })
            .build();
    return new ViewProbe<>(throttle, value);
  }

  public T get() throws Exception {
    return value.get(20, TimeUnit.SECONDS);
  }
}
