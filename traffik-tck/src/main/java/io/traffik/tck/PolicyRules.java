package io.traffik.tck;

import static io.traffik.tck.Trial.route;
import static io.traffik.tck.Trial.throttle;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.traffik.AnonymousPolicy;
import io.traffik.FailurePolicy;
import io.traffik.Identifier;
import io.traffik.Identity;
import io.traffik.Throttle;
import org.junit.jupiter.api.Test;

/** Clients without a limit or a name, and backends that fail. */
interface PolicyRules {

  Identifier STAFF_EXEMPT =
      ((Identifier) view -> view.header("X-Staff") == null ? null : Identity.EXEMPT)
          .or(Identifier.peer());

  private static PlannedRoute whenFailing(FailurePolicy policy) {
    return route(throttle("api", "2/h").onBackendFailure(policy).build());
  }

  @Test
  default void f1_aFailedBackendLetsPassIfThePolicyIsAllow(Trial trial) throws Exception {
    PlannedRoute route = whenFailing(FailurePolicy.ALLOW);
    Site site = trial.serve(route);
    trial.backend().fail(true);
    for (int i = 0; i < 3; i++) {
      site.get("/plain").mustBeServed(route);
    }
    trial.backend().fail(false);
    site.get("/plain").mustBeServed(route, new Told("api", 2, 3_600, 1, 1_800));
  }

  @Test
  default void f1_aFailedBackendDeniesIfThePolicyIsDeny(Trial trial) throws Exception {
    PlannedRoute route = whenFailing(FailurePolicy.DENY);
    Site site = trial.serve(route);
    trial.backend().fail(true);
    site.get("/plain").mustBeDeniedWithoutAWait("api");
    assertEquals(0, route.runs(), "runs of the handler");
    trial.backend().fail(false);
    site.get("/plain").mustBeServed(route, new Told("api", 2, 3_600, 1, 1_800));
  }

  @Test
  default void f1_aFailedBackendRaisesIfThePolicyIsRaise(Trial trial) throws Exception {
    PlannedRoute route = whenFailing(FailurePolicy.RAISE);
    Site site = trial.serve(route);
    trial.backend().fail(true);
    site.raw("GET", "/plain").mustBeAFailure();
    assertEquals(0, route.runs(), "runs of the handler");
    trial.backend().fail(false);
    site.get("/plain").mustBeServed(route, new Told("api", 2, 3_600, 1, 1_800));
  }

  private static PlannedRoute whenAnonymous(AnonymousPolicy policy) {
    return route(throttle("api", "1/h").identifier(view -> null).onAnonymous(policy).build());
  }

  @Test
  default void i4_aClientWithoutANameRaises(Trial trial) throws Exception {
    PlannedRoute route = whenAnonymous(AnonymousPolicy.RAISE);
    trial.serve(route).raw("GET", "/plain").mustBeAFailure();
    assertEquals(0, route.runs(), "runs of the handler");
  }

  @Test
  default void i4_aClientWithoutANameIsDenied(Trial trial) throws Exception {
    PlannedRoute route = whenAnonymous(AnonymousPolicy.DENY);
    trial.serve(route).get("/plain").mustBeDeniedWithoutAWait("api");
    assertEquals(0, route.runs(), "runs of the handler");
  }

  @Test
  default void i4_clientsWithoutANameShareABucket(Trial trial) throws Exception {
    PlannedRoute route = whenAnonymous(AnonymousPolicy.SHARED);
    Site site = trial.serve(route);
    Told none = new Told("api", 1, 3_600, 0, 3_600);
    site.get("/plain", Trial.CLIENT, "a").mustBeServed(route, none);
    site.get("/plain", Trial.CLIENT, "b").mustBeDenied("api", 3_600, none);
  }

  @Test
  default void i4_i5_aClientWithoutANameIsExempt(Trial trial) throws Exception {
    PlannedRoute route = whenAnonymous(AnonymousPolicy.EXEMPT);
    Site site = trial.serve(route);
    for (int i = 0; i < 3; i++) {
      site.get("/plain").mustBeServed(route);
    }
    assertEquals(0, trial.backend().asked("api"), "times that the backend was asked");
  }

  @Test
  default void i5_anExemptClientHasNoFieldsNoStateAndNoLimit(Trial trial) throws Exception {
    PlannedRoute route = route(throttle("api", "1/h").identifier(STAFF_EXEMPT).build());
    Site site = trial.serve(route);
    for (int i = 0; i < 3; i++) {
      site.get("/plain", "X-Staff", "yes").mustBeServed(route);
    }
    assertEquals(0, trial.backend().asked("api"), "times that the backend was asked");
    Told none = new Told("api", 1, 3_600, 0, 3_600);
    site.get("/plain").mustBeServed(route, none);
    site.get("/plain").mustBeDenied("api", 3_600, none);
    site.get("/plain", "X-Staff", "yes").mustBeServed(route);
  }

  @Test
  default void i5_whoIsExemptFromOneThrottleIsToldOfTheOther(Trial trial) throws Exception {
    Throttle api = throttle("api", "1/h").identifier(STAFF_EXEMPT).build();
    PlannedRoute route = route(api, throttle("all", "2/h").build());
    Site site = trial.serve(route);
    site.get("/plain", "X-Staff", "yes").mustBeServed(route, new Told("all", 2, 3_600, 1, 1_800));
    assertEquals(0, trial.backend().asked("api"), "times that the backend was asked");
  }
}
