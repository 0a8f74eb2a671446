package io.traffik.tck.http;

import static io.traffik.tck.http.HttpFixture.failing;
import static io.traffik.tck.http.HttpFixture.route;
import static io.traffik.tck.server.TestThrottles.throttle;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.traffik.Throttle;
import io.traffik.tck.server.ReportedQuota;
import io.traffik.tck.server.TestServer;
import org.junit.jupiter.api.Test;

/** Handlers run for allowed requests only, and each request is charged once. */
interface HandlerRules {

  /** Sends four requests at two per hour. */
  private static void assertTwoOfFour(HttpFixture fixture, PlannedRoute route) throws Exception {
    TestServer server = fixture.serve(route);
    server
        .get(route.path())
        .assertServed(route.body(), new ReportedQuota("api", 2, 3_600, 1, 1_800));
    server
        .get(route.path())
        .assertServed(route.body(), new ReportedQuota("api", 2, 3_600, 0, 3_600));
    for (int i = 0; i < 2; i++) {
      server
          .get(route.path())
          .assertDenied("api", 1_800, new ReportedQuota("api", 2, 3_600, 0, 3_600));
    }
    assertEquals(2, route.runs(), "runs of the handler for 4 requests at 2 per hour");
    assertEquals(2, fixture.backend().taken("api"), "tokens taken by 2 allowed requests");
  }

  @Test
  default void h4_aDeniedRequestNeverReachesItsHandler(HttpFixture fixture) throws Exception {
    assertTwoOfFour(fixture, route(throttle("api", "2/h").build()));
  }

  @Test
  default void h4_aDeniedRequestNeverReachesAnAsynchronousHandler(HttpFixture fixture)
      throws Exception {
    assertTwoOfFour(fixture, fixture.asynchronous(throttle("api", "2/h").build()));
  }

  @Test
  default void h4_aFailingHandlerIsChargedOnce(HttpFixture fixture) throws Exception {
    PlannedRoute route = failing(throttle("api", "2/h").build());
    TestServer server = fixture.serve(route);
    for (int n = 1; n <= 2; n++) {
      server.raw("GET", "/failing").assertServerError();
      assertEquals(n, fixture.backend().taken("api"), "tokens taken by " + n + " failed requests");
    }
    server
        .raw("GET", "/failing")
        .assertDenied("api", 1_800, new ReportedQuota("api", 2, 3_600, 0, 3_600));
    assertEquals(2, route.runs(), "runs of the handler for 3 requests at 2 per hour");
  }

  @Test
  default void h4_aThrottleThatIsEnforcedTwiceIsChargedOnce(HttpFixture fixture) throws Exception {
    Throttle api = throttle("api", "2/h").build();
    assertTwoOfFour(fixture, route(api, api));
  }
}
