package io.traffik.tck;

import static io.traffik.tck.Flood.LIMIT;
import static io.traffik.tck.Flood.told;
import static io.traffik.tck.HttpFixture.routeAt;
import static io.traffik.tck.HttpFixture.throttle;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.traffik.Throttle;
import org.junit.jupiter.api.Test;

/** Many requests at once, as one client and as others. */
interface LoadRules {

  @Test
  default void b3_h4_ofTwoThousandRequestsAtOnceExactlyOneHundredPass(HttpFixture rig)
      throws Exception {
    Throttle api = throttle("api", LIMIT + "/h").identifier(HttpFixture.BY_HEADER).build();
    PlannedRoute flooded = routeAt("/flooded", api);
    PlannedRoute other = routeAt("/other", api);
    TestServer site = rig.serve(flooded, other);
    int calm = 20;
    try (Flood flood = new Flood(site, "/flooded", "flood")) {
      for (int n = 1; n <= calm; n++) {
        site.get("/flooded", HttpFixture.CLIENT, "calm").mustBeServed(flooded, told(LIMIT - n));
        site.get("/other", HttpFixture.CLIENT, "flood").mustBeServed(other, told(LIMIT - n));
      }
      flood.mustBeHeldToTheLimit();
    }
    assertEquals(LIMIT, flooded.runs() - calm, "runs of the handler for the 2,000 requests");
    assertEquals(
        LIMIT + 2 * calm, rig.backend().taken("api"), "tokens taken by all requests together");
  }
}
