package io.traffik.tck;

import static io.traffik.tck.HttpFixture.route;
import static io.traffik.tck.HttpFixture.throttle;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.traffik.ConnectionThrottledException;
import io.traffik.Throttle;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What clients are answered. */
interface DenialRules {

  @Test
  default void h1_allowedAnswersTellTheQuota(HttpFixture rig) throws Exception {
    PlannedRoute route = route(throttle("api", "2/min").build());
    TestServer site = rig.serve(route);
    site.get("/plain").mustBeServed(route, new ReportedQuota("api", 2, 60, 1, 30));
    site.get("/plain").mustBeServed(route, new ReportedQuota("api", 2, 60, 0, 60));
  }

  @Test
  default void h1_aDenialIs429WithTheWaitTheQuotaAndAProblem(HttpFixture rig) throws Exception {
    TestServer site = rig.serve(route(throttle("api", "2/min").build()));
    site.get("/plain");
    site.get("/plain");
    site.get("/plain").mustBeDenied("api", 30, new ReportedQuota("api", 2, 60, 0, 60));
  }

  @Test
  default void h1_retryAfterIsRoundedUpAndNeverZero(HttpFixture rig) throws Exception {
    TestServer site = rig.serve(route(throttle("api", "1/10s").build()));
    site.get("/plain");
    rig.clock().advance(Duration.ofSeconds(7));
    site.get("/plain").mustBeDenied("api", 3, new ReportedQuota("api", 1, 10, 0, 3));
    rig.clock().advance(Duration.ofMillis(1_500));
    site.get("/plain").mustBeDenied("api", 2, new ReportedQuota("api", 1, 10, 0, 2));
    rig.clock().advance(Duration.ofNanos(1_499_999_999));
    site.get("/plain").mustBeDenied("api", 1, new ReportedQuota("api", 1, 10, 0, 1));
  }

  @Test
  default void b4_h1_theRequestPassesWhenRetryAfterIsOver(HttpFixture rig) throws Exception {
    PlannedRoute route = route(throttle("api", "2/min").build());
    TestServer site = rig.serve(route);
    site.get("/plain");
    site.get("/plain");
    rig.clock().advance(Duration.ofNanos(1));
    Answer denied = site.get("/plain");
    denied.mustBeDenied("api", 30, new ReportedQuota("api", 2, 60, 0, 60));
    rig.clock().advance(Duration.ofSeconds(30));
    site.get("/plain").mustBeServed(route, new ReportedQuota("api", 2, 60, 0, 60));
  }

  @Test
  default void b5_h1_whatCanNeverFitHasNoRetryAfter(HttpFixture rig) throws Exception {
    Throttle api =
        throttle("api", "2/min").cost(view -> view.header("X-Heavy") == null ? 1 : 3).build();
    PlannedRoute route = route(api);
    TestServer site = rig.serve(route);
    site.get("/plain", "X-Heavy", "yes")
        .mustBeDeniedWithoutAWait("api", new ReportedQuota("api", 2, 60, 2, 0));
    assertEquals(0, rig.backend().taken("api"), "tokens taken by what can never fit");
    assertEquals(0, route.runs(), "runs of the handler for what can never fit");
    site.get("/plain").mustBeServed(route, new ReportedQuota("api", 2, 60, 1, 30));
  }

  /** A framework may refuse HEAD, or answer it without the handler; the handler must not run. */
  @Test
  default void h1_k2_headIsDeniedAsGetIs(HttpFixture rig) throws Exception {
    PlannedRoute route = route(throttle("api", "1/min").build());
    TestServer site = rig.serve(route);
    site.get("/plain");
    Answer answer = site.raw("HEAD", "/plain");
    assertEquals(1, route.runs(), () -> "runs of the handler at 1 per minute, " + answer);
    if (answer.status() == 429) {
      assertEquals(List.of("60"), answer.lines("Retry-After"), answer::toString);
      answer.mustTell(new ReportedQuota("api", 1, 60, 0, 60));
      assertEquals("", answer.body(), () -> "an answer to HEAD has no body, " + answer);
    }
  }

  @Test
  default void t2_aThrottledHandlerThatReturnsLetsTheRequestPass(HttpFixture rig) throws Exception {
    Throttle lenient =
        throttle("api", "1/min").onThrottled((view, decision, throttle) -> {}).build();
    PlannedRoute route = route(lenient);
    TestServer site = rig.serve(route);
    site.get("/plain");
    site.get("/plain").mustBeServed(route, new ReportedQuota("api", 1, 60, 0, 60));
    assertEquals(2, route.runs(), "runs of the handler");
  }

  @Test
  default void t3_h3_fieldsOfTheThrownDenialAreSentAndBreakNothing(HttpFixture rig)
      throws Exception {
    Throttle api =
        throttle("api", "1/min")
            .onThrottled(
                (view, decision, throttle) -> {
                  throw new ConnectionThrottledException(
                      throttle, decision, Map.of("X-Reason", "night\r\nX-Injected: yes"));
                })
            .build();
    TestServer site = rig.serve(route(api));
    site.get("/plain");
    Answer denied = site.raw("GET", "/plain");
    denied.mustBeDenied("api", 60, new ReportedQuota("api", 1, 60, 0, 60));
    assertEquals(1, denied.lines("X-Reason").size(), () -> "X-Reason of the exception, " + denied);
    assertTrue(
        denied.lines("X-Reason").get(0).startsWith("night"),
        () -> "X-Reason of the exception, " + denied);
    denied.mustNotHave("X-Injected");
  }
}
