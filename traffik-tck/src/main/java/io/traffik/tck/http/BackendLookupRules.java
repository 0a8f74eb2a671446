package io.traffik.tck.http;

import static io.traffik.tck.http.HttpFixture.route;
import static io.traffik.tck.server.TestThrottles.throttle;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.traffik.ConnectionView;
import io.traffik.Decision;
import io.traffik.Identity;
import io.traffik.Scope;
import io.traffik.Throttle;
import io.traffik.http.RateLimitHeaders;
import io.traffik.tck.server.RecordingBackend;
import io.traffik.tck.server.ReportedQuota;
import io.traffik.tck.server.TestServer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Throttles find the application's backend. */
interface BackendLookupRules {

  /** Hits a throttle on a new thread. */
  private static CompletableFuture<Decision> onAnotherThread(
      Throttle throttle, ConnectionView view) {
    CompletableFuture<Decision> response =
        CompletableFuture.supplyAsync(() -> throttle.hit(view), task -> new Thread(task).start());
    // The request must wait, because a view is valid only until the decision.
    response.handle((decision, thrown) -> 0).join();
    return response;
  }

  @Test
  default void l6_theApplicationsBackendIsFoundOnAnyThread(HttpFixture fixture) throws Exception {
    Throttle other =
        throttle("other", "9/h")
            .identifier(view -> Identity.of("anyone"))
            .scope(Scope.ALL_ROUTES)
            .build();
    CompletableFuture<CompletableFuture<Decision>> otherDecision = new CompletableFuture<>();
    Throttle api =
        throttle("api", "9/h")
            .identifier(
                view -> {
                  if (!otherDecision.isDone()) {
                    otherDecision.complete(onAnotherThread(other, view));
                  }
                  return Identity.of("anyone");
                })
            .build();
    TestServer server = fixture.serve(route(api));
    server.raw("GET", "/plain").assertStatus(200);
    try {
      Decision decision = otherDecision.get(20, TimeUnit.SECONDS).get();
      assertEquals(8, decision.remaining(), "tokens left by a hit on another thread");
    } catch (ExecutionException e) {
      throw new AssertionError(
          "a throttle must find the application's backend on any thread, but threw " + e.getCause(),
          e);
    }
    assertEquals(1, fixture.backend().taken("other"), "tokens taken on another thread");
  }

  @Test
  default void l6_eachApplicationHasItsOwnBackend(HttpFixture fixture) throws Exception {
    Throttle api = throttle("api", "1/h").build();
    PlannedRoute route = route(api);
    TestServer one = fixture.serve(route);
    RecordingBackend another = new RecordingBackend("another", fixture.clock());
    TestServer other = fixture.serve(RateLimitHeaders.STANDARD, another, route);
    ReportedQuota none = new ReportedQuota("api", 1, 3_600, 0, 3_600);
    for (TestServer server : new TestServer[] {one, other}) {
      server.get("/plain").assertServed(route.body(), none);
      server.get("/plain").assertDenied("api", 3_600, none);
    }
    assertEquals(1, fixture.backend().taken("api"), "tokens taken from one application's backend");
    assertEquals(1, another.taken("api"), "tokens taken from the other application's backend");
  }
}
