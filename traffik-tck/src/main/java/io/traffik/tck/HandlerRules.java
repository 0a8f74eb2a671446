package io.traffik.tck;

import static io.traffik.tck.HttpFixture.failing;
import static io.traffik.tck.HttpFixture.route;
import static io.traffik.tck.HttpFixture.throttle;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.traffik.Throttle;
import org.junit.jupiter.api.Test;

/** When handlers run, and that a request is charged once whatever they do. */
interface HandlerRules {

  /** Asks four times at two per hour. */
  private static void assertTwoOfFour(HttpFixture rig, PlannedRoute route) throws Exception {
    TestServer site = rig.serve(route);
    site.get(route.path()).mustBeServed(route, new ReportedQuota("api", 2, 3_600, 1, 1_800));
    site.get(route.path()).mustBeServed(route, new ReportedQuota("api", 2, 3_600, 0, 3_600));
    for (int i = 0; i < 2; i++) {
      site.get(route.path())
          .mustBeDenied("api", 1_800, new ReportedQuota("api", 2, 3_600, 0, 3_600));
    }
    assertEquals(2, route.runs(), "runs of the handler for 4 requests at 2 per hour");
    assertEquals(2, rig.backend().taken("api"), "tokens taken by 2 allowed requests");
  }

  @Test
  default void h4_aDeniedRequestNeverReachesItsHandler(HttpFixture rig) throws Exception {
    assertTwoOfFour(rig, route(throttle("api", "2/h").build()));
  }

  @Test
  default void h4_aDeniedRequestNeverReachesAnAsynchronousHandler(HttpFixture rig)
      throws Exception {
    assertTwoOfFour(rig, rig.asynchronous(throttle("api", "2/h").build()));
  }

  @Test
  default void h4_aFailingHandlerIsChargedOnce(HttpFixture rig) throws Exception {
    PlannedRoute route = failing(throttle("api", "2/h").build());
    TestServer site = rig.serve(route);
    for (int n = 1; n <= 2; n++) {
      site.raw("GET", "/failing").mustBeAFailure();
      assertEquals(n, rig.backend().taken("api"), "tokens taken by " + n + " failed requests");
    }
    site.raw("GET", "/failing")
        .mustBeDenied("api", 1_800, new ReportedQuota("api", 2, 3_600, 0, 3_600));
    assertEquals(2, route.runs(), "runs of the handler for 3 requests at 2 per hour");
  }

  @Test
  default void h4_aThrottleThatIsMetTwiceIsChargedOnce(HttpFixture rig) throws Exception {
    Throttle api = throttle("api", "2/h").build();
    assertTwoOfFour(rig, route(api, api));
  }
}
