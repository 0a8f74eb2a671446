package io.traffik.tck.http;

import static io.traffik.tck.http.HttpFixture.route;
import static io.traffik.tck.server.TestThrottles.throttle;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.traffik.Scope;
import io.traffik.Throttle;
import io.traffik.http.RateLimitHeaders;
import io.traffik.tck.server.ReceivedResponse;
import io.traffik.tck.server.RecordingBackend;
import io.traffik.tck.server.TestServer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The paths that clients invent: they choose no bucket, unless the user asks for it. */
interface PathRules {

  /**
   * The route that the server chose decides which spellings are one resource: those that reached
   * its handler.
   */
  private static void assertOneText(HttpFixture fixture, PlannedRoute route, List<String> spellings)
      throws Exception {
    TestServer server = fixture.serve(route);
    server.raw("GET", spellings.get(0)).assertStatus(200);
    String scope = fixture.backend().lastScope("api");
    for (String spelling : spellings) {
      int runs = route.runs();
      ReceivedResponse response = server.raw("GET", spelling);
      if (route.runs() > runs) {
        assertEquals(
            scope,
            fixture.backend().lastScope("api"),
            () -> "Scope.PATH of a spelling that reached the handler, " + response);
      }
    }
  }

  private static Throttle byPath() {
    return throttle("api", "99/h").scope(Scope.PATH).build();
  }

  @Test
  default void k2_allSpellingsThatReachAHandlerHaveOnePath(HttpFixture fixture) throws Exception {
    assertOneText(
        fixture,
        route(byPath()),
        List.of(
            "/plain",
            "/plain?x=1",
            "/plain?/x",
            "/plain#x",
            "/%70lain",
            "/%70%6C%61%69%6E",
            "/plain;x=1",
            "/;x=1/plain",
            "/plain/",
            "/plain%2f",
            "//plain",
            "///plain",
            "//x/plain",
            "/./plain",
            "/x/../plain",
            "http://localhost/plain",
            "http://localhost//plain?x"));
  }

  @Test
  default void k2_allSpellingsOfAParameterHaveOnePath(HttpFixture fixture) throws Exception {
    assertOneText(
        fixture,
        fixture.template(byPath()),
        List.of(
            "/users/a",
            "/users/%61",
            "/users/a;x",
            "/users/;x/a",
            "/users/a/",
            "//users/a",
            "/users//a",
            "/users/a?b",
            "http://localhost/users/a"));
  }

  /** Evictions would begin at 64 keys. */
  @Test
  default void k2_aThousandPathsMakeOneKeyAndEvictNoClient(HttpFixture fixture) throws Exception {
    PlannedRoute known = route(throttle("known", "1/h").build());
    PlannedRoute any = fixture.catchAll(throttle("any", "2000/h").build());
    RecordingBackend backend = new RecordingBackend("small", fixture.clock(), 64);
    TestServer server = fixture.serve(RateLimitHeaders.STANDARD, backend, known, any);
    server.get("/plain").assertStatus(200);
    long before = backend.keys("any");
    for (int i = 0; i < 1_000; i++) {
      server.get("/" + i);
    }
    assertTrue(
        backend.keys("any") <= before + 1,
        () -> "keys for 1000 paths of one client: " + backend.keys("any") + ", at most 1 expected");
    assertEquals(0, backend.evictions(), "evictions from a store of 64 keys by 1000 paths");
    server.get("/plain").assertStatus(429);
  }
}
