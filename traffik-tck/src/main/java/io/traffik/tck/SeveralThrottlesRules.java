package io.traffik.tck;

import static io.traffik.tck.HttpFixture.route;
import static io.traffik.tck.HttpFixture.throttle;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.traffik.FailurePolicy;
import io.traffik.Throttle;
import org.junit.jupiter.api.Test;

/** Several throttles in front of one route. */
interface SeveralThrottlesRules {

  @Test
  default void t6_whatEarlierThrottlesTookIsGivenBackOnADenial(HttpFixture rig) throws Exception {
    PlannedRoute route = route(throttle("first", "5/h").build(), throttle("second", "1/h").build());
    TestServer site = rig.serve(route);
    ReportedQuota first = new ReportedQuota("first", 5, 3_600, 4, 720);
    ReportedQuota second = new ReportedQuota("second", 1, 3_600, 0, 3_600);
    site.get("/plain").mustBeServed(route, first, second);
    for (int i = 0; i < 2; i++) {
      Answer denied = site.get("/plain");
      assertEquals(
          1,
          rig.backend().taken("first"),
          () -> "tokens taken from the first by 1 allowed request, " + denied);
      denied.mustBeDenied("second", 3_600, first, second);
    }
    assertEquals(1, rig.backend().taken("second"), "tokens taken from the second");
  }

  @Test
  default void t6_whatEarlierThrottlesTookIsGivenBackIfALaterOneRaises(HttpFixture rig)
      throws Exception {
    RecordingBackend broken = new RecordingBackend("broken", rig.clock());
    broken.fail(true);
    Throttle second =
        throttle("second", "1/h").backend(broken).onBackendFailure(FailurePolicy.THROW).build();
    PlannedRoute route = route(throttle("first", "5/h").build(), second);
    TestServer site = rig.serve(route);
    site.raw("GET", "/plain").mustBeAFailure();
    assertEquals(0, route.runs(), "runs of the handler");
    assertEquals(0, rig.backend().taken("first"), "tokens taken from the first");
    broken.fail(false);
    site.get("/plain")
        .mustBeServed(
            route,
            new ReportedQuota("first", 5, 3_600, 4, 720),
            new ReportedQuota("second", 1, 3_600, 0, 3_600));
  }

  @Test
  default void t6_theFirstDenialEndsTheRequest(HttpFixture rig) throws Exception {
    PlannedRoute route = route(throttle("first", "1/h").build(), throttle("second", "5/h").build());
    TestServer site = rig.serve(route);
    ReportedQuota first = new ReportedQuota("first", 1, 3_600, 0, 3_600);
    site.get("/plain").mustBeServed(route, first, new ReportedQuota("second", 5, 3_600, 4, 720));
    long asked = rig.backend().asked("second");
    site.get("/plain").mustBeDenied("first", 3_600, first);
    assertEquals(
        0,
        rig.backend().asked("second") - asked,
        "times that the second was asked after the first had denied");
  }
}
