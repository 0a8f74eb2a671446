package io.traffik.tck;

import static io.traffik.tck.Trial.failing;
import static io.traffik.tck.Trial.route;
import static io.traffik.tck.Trial.throttle;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.traffik.Throttle;
import org.junit.jupiter.api.Test;

/** When handlers run, and that a request is charged once whatever they do. */
interface HandlerRules {

  /** Asks four times at two per hour. */
  private static void assertTwoOfFour(Trial trial, PlannedRoute route) throws Exception {
    Site site = trial.serve(route);
    site.get(route.path()).mustBeServed(route, new Told("api", 2, 3_600, 1, 1_800));
    site.get(route.path()).mustBeServed(route, new Told("api", 2, 3_600, 0, 3_600));
    for (int i = 0; i < 2; i++) {
      site.get(route.path()).mustBeDenied("api", 1_800, new Told("api", 2, 3_600, 0, 3_600));
    }
    assertEquals(2, route.runs(), "runs of the handler for 4 requests at 2 per hour");
    assertEquals(2, trial.backend().taken("api"), "tokens taken by 2 allowed requests");
  }

  @Test
  default void h4_aDeniedRequestNeverReachesItsHandler(Trial trial) throws Exception {
    assertTwoOfFour(trial, route(throttle("api", "2/h").build()));
  }

  @Test
  default void h4_aDeniedRequestNeverReachesAnAsynchronousHandler(Trial trial) throws Exception {
    assertTwoOfFour(trial, trial.asynchronous(throttle("api", "2/h").build()));
  }

  @Test
  default void h4_aFailingHandlerIsChargedOnce(Trial trial) throws Exception {
    PlannedRoute route = failing(throttle("api", "2/h").build());
    Site site = trial.serve(route);
    for (int n = 1; n <= 2; n++) {
      site.raw("GET", "/failing").mustBeAFailure();
      assertEquals(n, trial.backend().taken("api"), "tokens taken by " + n + " failed requests");
    }
    site.raw("GET", "/failing").mustBeDenied("api", 1_800, new Told("api", 2, 3_600, 0, 3_600));
    assertEquals(2, route.runs(), "runs of the handler for 3 requests at 2 per hour");
  }

  @Test
  default void h4_aThrottleThatIsMetTwiceIsChargedOnce(Trial trial) throws Exception {
    Throttle api = throttle("api", "2/h").build();
    assertTwoOfFour(trial, route(api, api));
  }
}
