package io.traffik.tck.http;

import static io.traffik.tck.http.HttpFixture.route;
import static io.traffik.tck.server.TestThrottles.throttle;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.traffik.FailurePolicy;
import io.traffik.Throttle;
import io.traffik.tck.server.ReceivedResponse;
import io.traffik.tck.server.RecordingBackend;
import io.traffik.tck.server.ReportedQuota;
import io.traffik.tck.server.TestServer;
import org.junit.jupiter.api.Test;

/** Several throttles on one route. */
interface SeveralThrottlesRules {

  @Test
  default void t6_aDenialTakesNothingFromTheOtherThrottles(HttpFixture fixture) throws Exception {
    PlannedRoute route = route(throttle("first", "5/h").build(), throttle("second", "1/h").build());
    TestServer server = fixture.serve(route);
    ReportedQuota first = new ReportedQuota("first", 5, 3_600, 4, 720);
    ReportedQuota second = new ReportedQuota("second", 1, 3_600, 0, 3_600);
    server.get("/plain").assertServed(route.body(), first, second);
    for (int i = 0; i < 2; i++) {
      ReceivedResponse denied = server.get("/plain");
      assertEquals(
          1,
          fixture.backend().charges("first"),
          () -> "charges of the first throttle by 1 allowed request: " + denied);
      denied.assertDenied("second", 3_600, first, second);
    }
    assertEquals(1, fixture.backend().taken("first"), "tokens taken from the first throttle");
    assertEquals(1, fixture.backend().taken("second"), "tokens taken from the second throttle");
  }

  @Test
  default void t6_anExceptionTakesNothingFromTheOtherThrottles(HttpFixture fixture)
      throws Exception {
    RecordingBackend broken = new RecordingBackend("broken", fixture.clock());
    broken.fail(true);
    Throttle second =
        throttle("second", "1/h").backend(broken).onBackendFailure(FailurePolicy.THROW).build();
    PlannedRoute route = route(throttle("first", "5/h").build(), second);
    TestServer server = fixture.serve(route);
    server.raw("GET", "/plain").assertServerError();
    assertEquals(0, route.runs(), "runs of the handler");
    assertEquals(0, fixture.backend().charges("first"), "charges of the first throttle");
    broken.fail(false);
    server
        .get("/plain")
        .assertServed(
            route.body(),
            new ReportedQuota("first", 5, 3_600, 4, 720),
            new ReportedQuota("second", 1, 3_600, 0, 3_600));
  }

  @Test
  default void t6_theFirstDenialEndsTheRequest(HttpFixture fixture) throws Exception {
    PlannedRoute route = route(throttle("first", "1/h").build(), throttle("second", "5/h").build());
    TestServer server = fixture.serve(route);
    ReportedQuota first = new ReportedQuota("first", 1, 3_600, 0, 3_600);
    ReportedQuota second = new ReportedQuota("second", 5, 3_600, 4, 720);
    server.get("/plain").assertServed(route.body(), first, second);
    server.get("/plain").assertDenied("first", 3_600, first, second);
    assertEquals(
        1, fixture.backend().charges("second"), "charges of the second throttle by 1 request");
  }
}
