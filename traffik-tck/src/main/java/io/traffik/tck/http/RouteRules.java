package io.traffik.tck.http;

import static io.traffik.tck.http.HttpFixture.route;
import static io.traffik.tck.http.HttpFixture.routeAt;
import static io.traffik.tck.server.TestThrottles.throttle;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.traffik.Throttle;
import io.traffik.tck.server.ReceivedResponse;
import io.traffik.tck.server.ReportedQuota;
import io.traffik.tck.server.TestServer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Requests of one route and client share a bucket, however the path is spelled. */
interface RouteRules {

  @Test
  default void k2_anotherRouteHasItsOwnBucket(HttpFixture fixture) throws Exception {
    Throttle api = throttle("api", "1/h").build();
    PlannedRoute one = routeAt("/one", api);
    PlannedRoute other = routeAt("/other", api);
    TestServer server = fixture.serve(one, other);
    for (PlannedRoute route : List.of(one, other)) {
      server
          .get(route.path())
          .assertServed(route.body(), new ReportedQuota("api", 1, 3_600, 0, 3_600));
      server
          .get(route.path())
          .assertDenied("api", 3_600, new ReportedQuota("api", 1, 3_600, 0, 3_600));
    }
  }

  @Test
  default void k2_aTemplateIsOneRoute(HttpFixture fixture) throws Exception {
    PlannedRoute route = fixture.template(throttle("api", "2/h").build());
    TestServer server = fixture.serve(route);
    server.get("/users/1").assertServed(route.body(), new ReportedQuota("api", 2, 3_600, 1, 1_800));
    server.get("/users/2").assertServed(route.body(), new ReportedQuota("api", 2, 3_600, 0, 3_600));
    server.get("/users/3").assertDenied("api", 1_800, new ReportedQuota("api", 2, 3_600, 0, 3_600));
  }

  /**
   * Asserts that no spelling reaches the handler after one request at one per hour. It must be
   * denied, or not match the route.
   */
  private static void assertNoneIsFresh(
      HttpFixture fixture, PlannedRoute route, List<String> spellings) throws Exception {
    TestServer server = fixture.serve(route);
    server.raw("GET", spellings.get(0)).assertStatus(200);
    for (String spelling : spellings) {
      ReceivedResponse response = server.raw("GET", spelling);
      assertEquals(
          1,
          route.runs(),
          () ->
              "runs of the handler at 1 per hour; scopes of the buckets "
                  + fixture.backend().scopes("api")
                  + ", "
                  + response);
    }
  }

  @Test
  default void k2_noSpellingOfAPathGivesAFreshBucket(HttpFixture fixture) throws Exception {
    assertNoneIsFresh(
        fixture,
        route(throttle("api", "1/h").build()),
        List.of(
            "/plain",
            "/%70lain",
            "/%70%6C%61%69%6E",
            "/plain?x=1",
            "/plain?",
            "/plain;x=1",
            "/plain;",
            "/;x=1/plain",
            "/plain/",
            "//plain",
            "/./plain",
            "/x/../plain",
            "/plain/.",
            "/PLAIN",
            "/plain%2f",
            "/plain%3fx=1",
            "/plain%3b",
            "/plain%00",
            "/plain/x",
            "//x/plain",
            "/plain#x",
            "http://localhost/plain",
            "http://x:1//plain?x=1",
            "/plain%0a",
            "/plain%0d%0ax",
            "/%0aplain",
            "/plain\n",
            "/plain\nx",
            "\n/plain",
            "/plain\r",
            "/plain\tx",
            "/plain\0",
            "/plain\u007f"));
  }

  @Test
  default void k2_noSpellingOfAParameterGivesAFreshBucket(HttpFixture fixture) throws Exception {
    assertNoneIsFresh(
        fixture,
        fixture.template(throttle("api", "1/h").build()),
        List.of(
            "/users/1",
            "/users/2",
            "/users/%31",
            "/users/1?x=1",
            "/users/1;x=1",
            "/users/;x=1",
            "/users/a%20b",
            "/users/%C3%A4",
            "/users/1/",
            "/users//1",
            "/%75sers/1",
            "//users/1",
            "http://localhost/users/3",
            "/users/1%0a2",
            "/users/%00",
            "/users/1\n2",
            "/users/1\r"));
  }

  @Test
  default void k2_unknownMethodsShareOneBucket(HttpFixture fixture) throws Exception {
    PlannedRoute route = route(throttle("api", "1/h").build());
    TestServer server = fixture.serve(route);
    server.raw("GET", "/plain").assertStatus(200);
    for (String method : List.of("FOO", "BAR", "get", "Get", "GETX", "M-SEARCH", "PROPFIND")) {
      ReceivedResponse response = server.raw(method, "/plain");
      // All methods that RFC 9110 does not define share one bucket.
      assertTrue(
          route.runs() <= 2,
          () ->
              "the handler must run at most once for GET and once for unknown methods, at 1 per"
                  + " hour: "
                  + route.runs()
                  + "; scopes of the buckets "
                  + fixture.backend().scopes("api")
                  + ", "
                  + response);
    }
  }

  @Test
  default void i1_anotherAddressIsAnotherClient(HttpFixture fixture) throws Exception {
    PlannedRoute route = route(throttle("api", "1/h").build());
    TestServer server = fixture.serve(route);
    for (int last = 1; last <= 2; last++) {
      server.rawFromLoopback(last, "GET", "/plain").assertStatus(200);
      server.rawFromLoopback(last, "GET", "/plain").assertStatus(429);
    }
  }

  @Test
  default void i1_forwardedHeadersAreIgnored(HttpFixture fixture) throws Exception {
    PlannedRoute route = route(throttle("api", "1/h").build());
    TestServer server = fixture.serve(route);
    server.raw("GET", "/plain").assertStatus(200);
    for (String header :
        List.of(
            "X-Forwarded-For: 192.0.2.1",
            "Forwarded: for=192.0.2.1",
            "X-Real-IP: 192.0.2.1",
            "CF-Connecting-IP: 192.0.2.1",
            "True-Client-IP: 192.0.2.1")) {
      ReceivedResponse response = server.raw("GET", "/plain", header);
      assertEquals(
          1,
          route.runs(),
          () ->
              "runs of the handler at 1 per hour; clients "
                  + fixture.backend().identities("api")
                  + ", "
                  + header
                  + ", "
                  + response);
      response.assertStatus(429);
    }
  }
}
