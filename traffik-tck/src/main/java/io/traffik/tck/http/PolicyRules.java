package io.traffik.tck.http;

import static io.traffik.tck.http.HttpFixture.route;
import static io.traffik.tck.server.TestThrottles.throttle;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.traffik.AnonymousPolicy;
import io.traffik.FailurePolicy;
import io.traffik.Throttle;
import io.traffik.tck.server.ReportedQuota;
import io.traffik.tck.server.TestServer;
import io.traffik.tck.server.TestThrottles;
import org.junit.jupiter.api.Test;

/** Clients without a limit or a name, and backends that fail. */
interface PolicyRules {

  private static PlannedRoute whenFailing(FailurePolicy policy) {
    return route(throttle("api", "2/h").onBackendFailure(policy).build());
  }

  @Test
  default void f1_aFailedBackendLetsPassIfThePolicyIsAllow(HttpFixture fixture) throws Exception {
    PlannedRoute route = whenFailing(FailurePolicy.ALLOW);
    TestServer site = fixture.serve(route);
    fixture.backend().fail(true);
    for (int i = 0; i < 3; i++) {
      site.get("/plain").assertServed(route.body());
    }
    fixture.backend().fail(false);
    site.get("/plain").assertServed(route.body(), new ReportedQuota("api", 2, 3_600, 1, 1_800));
  }

  @Test
  default void f1_aFailedBackendDeniesIfThePolicyIsDeny(HttpFixture fixture) throws Exception {
    PlannedRoute route = whenFailing(FailurePolicy.DENY);
    TestServer site = fixture.serve(route);
    fixture.backend().fail(true);
    site.get("/plain").assertDeniedWithoutRetryAfter("api");
    assertEquals(0, route.runs(), "runs of the handler");
    fixture.backend().fail(false);
    site.get("/plain").assertServed(route.body(), new ReportedQuota("api", 2, 3_600, 1, 1_800));
  }

  @Test
  default void f1_aFailedBackendRaisesIfThePolicyIsRaise(HttpFixture fixture) throws Exception {
    PlannedRoute route = whenFailing(FailurePolicy.THROW);
    TestServer site = fixture.serve(route);
    fixture.backend().fail(true);
    site.raw("GET", "/plain").assertServerError();
    assertEquals(0, route.runs(), "runs of the handler");
    fixture.backend().fail(false);
    site.get("/plain").assertServed(route.body(), new ReportedQuota("api", 2, 3_600, 1, 1_800));
  }

  private static PlannedRoute whenAnonymous(AnonymousPolicy policy) {
    return route(throttle("api", "1/h").identifier(view -> null).onAnonymous(policy).build());
  }

  @Test
  default void i4_aClientWithoutANameRaises(HttpFixture fixture) throws Exception {
    PlannedRoute route = whenAnonymous(AnonymousPolicy.THROW);
    fixture.serve(route).raw("GET", "/plain").assertServerError();
    assertEquals(0, route.runs(), "runs of the handler");
  }

  @Test
  default void i4_aClientWithoutANameIsDenied(HttpFixture fixture) throws Exception {
    PlannedRoute route = whenAnonymous(AnonymousPolicy.DENY);
    fixture.serve(route).get("/plain").assertDeniedWithoutRetryAfter("api");
    assertEquals(0, route.runs(), "runs of the handler");
  }

  @Test
  default void i4_clientsWithoutANameShareABucket(HttpFixture fixture) throws Exception {
    PlannedRoute route = whenAnonymous(AnonymousPolicy.SHARED);
    TestServer site = fixture.serve(route);
    ReportedQuota none = new ReportedQuota("api", 1, 3_600, 0, 3_600);
    site.get("/plain", TestThrottles.CLIENT, "a").assertServed(route.body(), none);
    site.get("/plain", TestThrottles.CLIENT, "b").assertDenied("api", 3_600, none);
  }

  @Test
  default void i4_i5_aClientWithoutANameIsExempt(HttpFixture fixture) throws Exception {
    PlannedRoute route = whenAnonymous(AnonymousPolicy.EXEMPT);
    TestServer site = fixture.serve(route);
    for (int i = 0; i < 3; i++) {
      site.get("/plain").assertServed(route.body());
    }
    assertEquals(0, fixture.backend().asked("api"), "times that the backend was asked");
  }

  @Test
  default void i5_anExemptClientHasNoFieldsNoStateAndNoLimit(HttpFixture fixture) throws Exception {
    PlannedRoute route =
        route(throttle("api", "1/h").identifier(TestThrottles.STAFF_EXEMPT).build());
    TestServer site = fixture.serve(route);
    for (int i = 0; i < 3; i++) {
      site.get("/plain", "X-Staff", "yes").assertServed(route.body());
    }
    assertEquals(0, fixture.backend().asked("api"), "times that the backend was asked");
    ReportedQuota none = new ReportedQuota("api", 1, 3_600, 0, 3_600);
    site.get("/plain").assertServed(route.body(), none);
    site.get("/plain").assertDenied("api", 3_600, none);
    site.get("/plain", "X-Staff", "yes").assertServed(route.body());
  }

  @Test
  default void i5_whoIsExemptFromOneThrottleIsToldOfTheOther(HttpFixture fixture) throws Exception {
    Throttle api = throttle("api", "1/h").identifier(TestThrottles.STAFF_EXEMPT).build();
    PlannedRoute route = route(api, throttle("all", "2/h").build());
    TestServer site = fixture.serve(route);
    site.get("/plain", "X-Staff", "yes")
        .assertServed(route.body(), new ReportedQuota("all", 2, 3_600, 1, 1_800));
    assertEquals(0, fixture.backend().asked("api"), "times that the backend was asked");
  }
}
