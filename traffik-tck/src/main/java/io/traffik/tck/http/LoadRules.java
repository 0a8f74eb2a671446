package io.traffik.tck.http;

import static io.traffik.tck.http.HttpFixture.routeAt;
import static io.traffik.tck.http.RequestFlood.LIMIT;
import static io.traffik.tck.http.RequestFlood.quota;
import static io.traffik.tck.server.TestThrottles.throttle;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.traffik.Throttle;
import io.traffik.tck.server.TestServer;
import io.traffik.tck.server.TestThrottles;
import org.junit.jupiter.api.Test;

/** Many concurrent requests of one client, and requests of another client at the same time. */
interface LoadRules {

  @Test
  default void b3_h4_exactlyOneHundredOfTwoThousandConcurrentRequestsPass(HttpFixture fixture)
      throws Exception {
    Throttle api = throttle("api", LIMIT + "/h").identifier(TestThrottles.BY_HEADER).build();
    PlannedRoute flooded = routeAt("/flooded", api);
    PlannedRoute other = routeAt("/other", api);
    TestServer server = fixture.serve(flooded, other);
    int calm = 20;
    try (RequestFlood flood = new RequestFlood(server, "/flooded", "flood")) {
      for (int n = 1; n <= calm; n++) {
        server
            .get("/flooded", TestThrottles.CLIENT, "calm")
            .assertServed(flooded.body(), quota(LIMIT - n));
        server
            .get("/other", TestThrottles.CLIENT, "flood")
            .assertServed(other.body(), quota(LIMIT - n));
      }
      flood.assertLimited();
    }
    assertEquals(LIMIT, flooded.runs() - calm, "runs of the handler for 2,000 concurrent requests");
    assertEquals(
        LIMIT + 2 * calm, fixture.backend().taken("api"), "tokens taken by all requests together");
  }
}
