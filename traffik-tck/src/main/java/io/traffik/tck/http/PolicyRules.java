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

/** Exempt and anonymous clients, and failing backends. */
interface PolicyRules {

  private static PlannedRoute whenFailing(FailurePolicy policy) {
    return route(throttle("api", "2/h").onBackendFailure(policy).build());
  }

  @Test
  default void f1_aFailedBackendAllowsIfThePolicyIsAllow(HttpFixture fixture) throws Exception {
    PlannedRoute route = whenFailing(FailurePolicy.ALLOW);
    TestServer server = fixture.serve(route);
    fixture.backend().fail(true);
    for (int i = 0; i < 3; i++) {
      server.get("/plain").assertServed(route.body());
    }
    fixture.backend().fail(false);
    server.get("/plain").assertServed(route.body(), new ReportedQuota("api", 2, 3_600, 1, 1_800));
  }

  @Test
  default void f1_aFailedBackendDeniesIfThePolicyIsDeny(HttpFixture fixture) throws Exception {
    PlannedRoute route = whenFailing(FailurePolicy.DENY);
    TestServer server = fixture.serve(route);
    fixture.backend().fail(true);
    server.get("/plain").assertUnavailable(1);
    assertEquals(0, route.runs(), "runs of the handler");
    fixture.backend().fail(false);
    server.get("/plain").assertServed(route.body(), new ReportedQuota("api", 2, 3_600, 1, 1_800));
  }

  @Test
  default void l1_aServerStartsWithoutItsStoreAndUsesItLater(HttpFixture fixture) throws Exception {
    PlannedRoute route = whenFailing(FailurePolicy.DENY);
    fixture.backend().fail(true);
    TestServer server = fixture.serve(route);
    server.get("/plain").assertUnavailable(1);
    fixture.backend().fail(false);
    server.get("/plain").assertServed(route.body(), new ReportedQuota("api", 2, 3_600, 1, 1_800));
  }

  @Test
  default void f6_overloadDeniesWhateverTheFailurePolicy(HttpFixture fixture) throws Exception {
    for (FailurePolicy policy : FailurePolicy.values()) {
      PlannedRoute route = whenFailing(policy);
      TestServer server = fixture.serve(route);
      fixture.backend().overload(true);
      server.get("/plain").assertUnavailable(1);
      assertEquals(0, route.runs(), "runs of the handler");
      fixture.backend().overload(false);
    }
  }

  @Test
  default void f1_aFailedBackendIsUnavailableIfThePolicyIsThrow(HttpFixture fixture)
      throws Exception {
    PlannedRoute route = whenFailing(FailurePolicy.THROW);
    TestServer server = fixture.serve(route);
    fixture.backend().fail(true);
    server.get("/plain").assertUnavailable(1);
    assertEquals(0, route.runs(), "runs of the handler");
    fixture.backend().fail(false);
    server.get("/plain").assertServed(route.body(), new ReportedQuota("api", 2, 3_600, 1, 1_800));
  }

  private static PlannedRoute whenAnonymous(AnonymousPolicy policy) {
    return route(throttle("api", "1/h").identifier(view -> null).onAnonymous(policy).build());
  }

  @Test
  default void i4_anAnonymousClientThrows(HttpFixture fixture) throws Exception {
    PlannedRoute route = whenAnonymous(AnonymousPolicy.THROW);
    fixture.serve(route).raw("GET", "/plain").assertServerError();
    assertEquals(0, route.runs(), "runs of the handler");
  }

  @Test
  default void i4_anAnonymousClientIsDenied(HttpFixture fixture) throws Exception {
    PlannedRoute route = whenAnonymous(AnonymousPolicy.DENY);
    fixture.serve(route).get("/plain").assertDeniedWithoutRetryAfter("api");
    assertEquals(0, route.runs(), "runs of the handler");
  }

  @Test
  default void i4_anonymousClientsShareABucket(HttpFixture fixture) throws Exception {
    PlannedRoute route = whenAnonymous(AnonymousPolicy.SHARED);
    TestServer server = fixture.serve(route);
    ReportedQuota none = new ReportedQuota("api", 1, 3_600, 0, 3_600);
    server.get("/plain", TestThrottles.CLIENT, "a").assertServed(route.body(), none);
    server.get("/plain", TestThrottles.CLIENT, "b").assertDenied("api", 3_600, none);
  }

  @Test
  default void i4_i5_anAnonymousClientIsExempt(HttpFixture fixture) throws Exception {
    PlannedRoute route = whenAnonymous(AnonymousPolicy.EXEMPT);
    TestServer server = fixture.serve(route);
    for (int i = 0; i < 3; i++) {
      server.get("/plain").assertServed(route.body());
    }
    assertEquals(0, fixture.backend().calls("api"), "calls of the backend");
  }

  @Test
  default void i5_anExemptClientHasNoFieldsNoStateAndNoLimit(HttpFixture fixture) throws Exception {
    PlannedRoute route =
        route(throttle("api", "1/h").identifier(TestThrottles.STAFF_EXEMPT).build());
    TestServer server = fixture.serve(route);
    for (int i = 0; i < 3; i++) {
      server.get("/plain", "X-Staff", "yes").assertServed(route.body());
    }
    assertEquals(0, fixture.backend().calls("api"), "calls of the backend");
    ReportedQuota none = new ReportedQuota("api", 1, 3_600, 0, 3_600);
    server.get("/plain").assertServed(route.body(), none);
    server.get("/plain").assertDenied("api", 3_600, none);
    server.get("/plain", "X-Staff", "yes").assertServed(route.body());
  }

  @Test
  default void i5_aClientThatIsExemptFromOneThrottleSeesTheOther(HttpFixture fixture)
      throws Exception {
    Throttle api = throttle("api", "1/h").identifier(TestThrottles.STAFF_EXEMPT).build();
    PlannedRoute route = route(api, throttle("all", "2/h").build());
    TestServer server = fixture.serve(route);
    server
        .get("/plain", "X-Staff", "yes")
        .assertServed(route.body(), new ReportedQuota("all", 2, 3_600, 1, 1_800));
    assertEquals(0, fixture.backend().calls("api"), "calls of the backend");
  }
}
