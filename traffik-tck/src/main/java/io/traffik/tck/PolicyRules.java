package io.traffik.tck;

import static io.traffik.tck.HttpFixture.route;
import static io.traffik.tck.HttpFixture.throttle;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.traffik.AnonymousPolicy;
import io.traffik.FailurePolicy;
import io.traffik.Throttle;
import org.junit.jupiter.api.Test;

/** Clients without a limit or a name, and backends that fail. */
interface PolicyRules {

  private static PlannedRoute whenFailing(FailurePolicy policy) {
    return route(throttle("api", "2/h").onBackendFailure(policy).build());
  }

  @Test
  default void f1_aFailedBackendLetsPassIfThePolicyIsAllow(HttpFixture rig) throws Exception {
    PlannedRoute route = whenFailing(FailurePolicy.ALLOW);
    TestServer site = rig.serve(route);
    rig.backend().fail(true);
    for (int i = 0; i < 3; i++) {
      site.get("/plain").mustBeServed(route);
    }
    rig.backend().fail(false);
    site.get("/plain").mustBeServed(route, new ReportedQuota("api", 2, 3_600, 1, 1_800));
  }

  @Test
  default void f1_aFailedBackendDeniesIfThePolicyIsDeny(HttpFixture rig) throws Exception {
    PlannedRoute route = whenFailing(FailurePolicy.DENY);
    TestServer site = rig.serve(route);
    rig.backend().fail(true);
    site.get("/plain").mustBeDeniedWithoutAWait("api");
    assertEquals(0, route.runs(), "runs of the handler");
    rig.backend().fail(false);
    site.get("/plain").mustBeServed(route, new ReportedQuota("api", 2, 3_600, 1, 1_800));
  }

  @Test
  default void f1_aFailedBackendRaisesIfThePolicyIsRaise(HttpFixture rig) throws Exception {
    PlannedRoute route = whenFailing(FailurePolicy.THROW);
    TestServer site = rig.serve(route);
    rig.backend().fail(true);
    site.raw("GET", "/plain").mustBeAFailure();
    assertEquals(0, route.runs(), "runs of the handler");
    rig.backend().fail(false);
    site.get("/plain").mustBeServed(route, new ReportedQuota("api", 2, 3_600, 1, 1_800));
  }

  private static PlannedRoute whenAnonymous(AnonymousPolicy policy) {
    return route(throttle("api", "1/h").identifier(view -> null).onAnonymous(policy).build());
  }

  @Test
  default void i4_aClientWithoutANameRaises(HttpFixture rig) throws Exception {
    PlannedRoute route = whenAnonymous(AnonymousPolicy.THROW);
    rig.serve(route).raw("GET", "/plain").mustBeAFailure();
    assertEquals(0, route.runs(), "runs of the handler");
  }

  @Test
  default void i4_aClientWithoutANameIsDenied(HttpFixture rig) throws Exception {
    PlannedRoute route = whenAnonymous(AnonymousPolicy.DENY);
    rig.serve(route).get("/plain").mustBeDeniedWithoutAWait("api");
    assertEquals(0, route.runs(), "runs of the handler");
  }

  @Test
  default void i4_clientsWithoutANameShareABucket(HttpFixture rig) throws Exception {
    PlannedRoute route = whenAnonymous(AnonymousPolicy.SHARED);
    TestServer site = rig.serve(route);
    ReportedQuota none = new ReportedQuota("api", 1, 3_600, 0, 3_600);
    site.get("/plain", HttpFixture.CLIENT, "a").mustBeServed(route, none);
    site.get("/plain", HttpFixture.CLIENT, "b").mustBeDenied("api", 3_600, none);
  }

  @Test
  default void i4_i5_aClientWithoutANameIsExempt(HttpFixture rig) throws Exception {
    PlannedRoute route = whenAnonymous(AnonymousPolicy.EXEMPT);
    TestServer site = rig.serve(route);
    for (int i = 0; i < 3; i++) {
      site.get("/plain").mustBeServed(route);
    }
    assertEquals(0, rig.backend().asked("api"), "times that the backend was asked");
  }

  @Test
  default void i5_anExemptClientHasNoFieldsNoStateAndNoLimit(HttpFixture rig) throws Exception {
    PlannedRoute route = route(throttle("api", "1/h").identifier(HttpFixture.STAFF_EXEMPT).build());
    TestServer site = rig.serve(route);
    for (int i = 0; i < 3; i++) {
      site.get("/plain", "X-Staff", "yes").mustBeServed(route);
    }
    assertEquals(0, rig.backend().asked("api"), "times that the backend was asked");
    ReportedQuota none = new ReportedQuota("api", 1, 3_600, 0, 3_600);
    site.get("/plain").mustBeServed(route, none);
    site.get("/plain").mustBeDenied("api", 3_600, none);
    site.get("/plain", "X-Staff", "yes").mustBeServed(route);
  }

  @Test
  default void i5_whoIsExemptFromOneThrottleIsToldOfTheOther(HttpFixture rig) throws Exception {
    Throttle api = throttle("api", "1/h").identifier(HttpFixture.STAFF_EXEMPT).build();
    PlannedRoute route = route(api, throttle("all", "2/h").build());
    TestServer site = rig.serve(route);
    site.get("/plain", "X-Staff", "yes")
        .mustBeServed(route, new ReportedQuota("all", 2, 3_600, 1, 1_800));
    assertEquals(0, rig.backend().asked("api"), "times that the backend was asked");
  }
}
