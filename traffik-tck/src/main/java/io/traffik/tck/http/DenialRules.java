package io.traffik.tck.http;

import static io.traffik.tck.http.HttpFixture.route;
import static io.traffik.tck.server.TestThrottles.throttle;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.traffik.ConnectionThrottledException;
import io.traffik.Throttle;
import io.traffik.tck.server.ReceivedResponse;
import io.traffik.tck.server.ReportedQuota;
import io.traffik.tck.server.TestServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The responses of allowed and denied requests. */
interface DenialRules {

  @Test
  default void h1_allowedResponsesReportTheQuota(HttpFixture fixture) throws Exception {
    PlannedRoute route = route(throttle("api", "2/min").build());
    TestServer server = fixture.serve(route);
    server.get("/plain").assertServed(route.body(), new ReportedQuota("api", 2, 60, 1, 30));
    server.get("/plain").assertServed(route.body(), new ReportedQuota("api", 2, 60, 0, 60));
  }

  @Test
  default void h1_aDenialIs429WithRetryAfterQuotaAndProblem(HttpFixture fixture) throws Exception {
    TestServer server = fixture.serve(route(throttle("api", "2/min").build()));
    server.get("/plain");
    server.get("/plain");
    server.get("/plain").assertDenied("api", 30, new ReportedQuota("api", 2, 60, 0, 60));
  }

  @Test
  default void h1_retryAfterIsRoundedUpAndNeverZero(HttpFixture fixture) throws Exception {
    TestServer server = fixture.serve(route(throttle("api", "1/10s").build()));
    server.get("/plain");
    fixture.clock().advance(Duration.ofSeconds(7));
    server.get("/plain").assertDenied("api", 3, new ReportedQuota("api", 1, 10, 0, 3));
    fixture.clock().advance(Duration.ofMillis(1_500));
    server.get("/plain").assertDenied("api", 2, new ReportedQuota("api", 1, 10, 0, 2));
    fixture.clock().advance(Duration.ofNanos(1_499_999_999));
    server.get("/plain").assertDenied("api", 1, new ReportedQuota("api", 1, 10, 0, 1));
  }

  @Test
  default void b4_h1_theRequestPassesAfterRetryAfter(HttpFixture fixture) throws Exception {
    PlannedRoute route = route(throttle("api", "2/min").build());
    TestServer server = fixture.serve(route);
    server.get("/plain");
    server.get("/plain");
    fixture.clock().advance(Duration.ofNanos(1));
    ReceivedResponse denied = server.get("/plain");
    denied.assertDenied("api", 30, new ReportedQuota("api", 2, 60, 0, 60));
    fixture.clock().advance(Duration.ofSeconds(30));
    server.get("/plain").assertServed(route.body(), new ReportedQuota("api", 2, 60, 0, 60));
  }

  @Test
  default void b5_h1_anImpossibleCostHasNoRetryAfter(HttpFixture fixture) throws Exception {
    Throttle api =
        throttle("api", "2/min").cost(view -> view.header("X-Heavy") == null ? 1 : 3).build();
    PlannedRoute route = route(api);
    TestServer server = fixture.serve(route);
    server
        .get("/plain", "X-Heavy", "yes")
        .assertDeniedWithoutRetryAfter("api", new ReportedQuota("api", 2, 60, 2, 0));
    assertEquals(
        0, fixture.backend().taken("api"), "tokens taken by a request with an impossible cost");
    assertEquals(0, route.runs(), "runs of the handler for a request with an impossible cost");
    server.get("/plain").assertServed(route.body(), new ReportedQuota("api", 2, 60, 1, 30));
  }

  /** A framework may reject HEAD or respond without the handler, but must not run the handler. */
  @Test
  default void h1_k2_headIsDeniedAsGetIs(HttpFixture fixture) throws Exception {
    PlannedRoute route = route(throttle("api", "1/min").build());
    TestServer server = fixture.serve(route);
    server.get("/plain");
    ReceivedResponse response = server.raw("HEAD", "/plain");
    assertEquals(1, route.runs(), () -> "runs of the handler at 1 per minute: " + response);
    if (response.status() == 429) {
      assertEquals(List.of("60"), response.lines("Retry-After"), response::toString);
      response.assertQuotas(new ReportedQuota("api", 1, 60, 0, 60));
      assertEquals("", response.body(), () -> "a response to HEAD must have no body: " + response);
    }
  }

  @Test
  default void t2_aThrottledHandlerThatReturnsLetsTheRequestPass(HttpFixture fixture)
      throws Exception {
    Throttle lenient =
        throttle("api", "1/min").onThrottled((view, decision, throttle) -> {}).build();
    PlannedRoute route = route(lenient);
    TestServer server = fixture.serve(route);
    server.get("/plain");
    server.get("/plain").assertServed(route.body(), new ReportedQuota("api", 1, 60, 0, 60));
    assertEquals(2, route.runs(), "runs of the handler");
  }

  @Test
  default void t3_h3_headersOfTheExceptionAreSentAndEscaped(HttpFixture fixture) throws Exception {
    Throttle api =
        throttle("api", "1/min")
            .onThrottled(
                (view, decision, throttle) -> {
                  throw new ConnectionThrottledException(
                      throttle, decision, Map.of("X-Reason", "night\r\nX-Injected: yes"));
                })
            .build();
    TestServer server = fixture.serve(route(api));
    server.get("/plain");
    ReceivedResponse denied = server.raw("GET", "/plain");
    denied.assertDenied("api", 60, new ReportedQuota("api", 1, 60, 0, 60));
    assertEquals(
        1,
        denied.lines("X-Reason").size(),
        () -> "wrong X-Reason, a header of the exception: " + denied);
    assertTrue(
        denied.lines("X-Reason").get(0).startsWith("night"),
        () -> "wrong X-Reason, a header of the exception: " + denied);
    denied.assertAbsent("X-Injected");
  }
}
