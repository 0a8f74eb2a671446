package io.traffik.tck;

import static io.traffik.tck.HttpFixture.route;
import static io.traffik.tck.HttpFixture.routeAt;
import static io.traffik.tck.HttpFixture.throttle;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.traffik.Throttle;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which requests share a bucket, however a client spells them. */
interface RouteRules {

  @Test
  default void k2_anotherRouteHasItsOwnBucket(HttpFixture rig) throws Exception {
    Throttle api = throttle("api", "1/h").build();
    PlannedRoute one = routeAt("/one", api);
    PlannedRoute other = routeAt("/other", api);
    TestServer site = rig.serve(one, other);
    for (PlannedRoute route : List.of(one, other)) {
      site.get(route.path()).mustBeServed(route, new ReportedQuota("api", 1, 3_600, 0, 3_600));
      site.get(route.path())
          .mustBeDenied("api", 3_600, new ReportedQuota("api", 1, 3_600, 0, 3_600));
    }
  }

  @Test
  default void k2_aTemplateIsOneRoute(HttpFixture rig) throws Exception {
    PlannedRoute route = rig.template(throttle("api", "2/h").build());
    TestServer site = rig.serve(route);
    site.get("/users/1").mustBeServed(route, new ReportedQuota("api", 2, 3_600, 1, 1_800));
    site.get("/users/2").mustBeServed(route, new ReportedQuota("api", 2, 3_600, 0, 3_600));
    site.get("/users/3").mustBeDenied("api", 1_800, new ReportedQuota("api", 2, 3_600, 0, 3_600));
  }

  /**
   * After one request at one per hour, none of these may reach the handler: it is denied, or the
   * framework does not take it for the route.
   */
  private static void assertNoneIsFresh(HttpFixture rig, PlannedRoute route, List<String> spellings)
      throws Exception {
    TestServer site = rig.serve(route);
    site.raw("GET", spellings.get(0)).mustHaveStatus(200);
    for (String spelling : spellings) {
      Answer answer = site.raw("GET", spelling);
      assertEquals(
          1,
          route.runs(),
          () ->
              "runs of the handler at 1 per hour; buckets "
                  + rig.backend().scopes("api")
                  + ", "
                  + answer);
    }
  }

  @Test
  default void k2_noSpellingOfAPathGivesAFreshBucket(HttpFixture rig) throws Exception {
    assertNoneIsFresh(
        rig,
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
            "/plain/x"));
  }

  @Test
  default void k2_noSpellingOfAParameterGivesAFreshBucket(HttpFixture rig) throws Exception {
    assertNoneIsFresh(
        rig,
        rig.template(throttle("api", "1/h").build()),
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
            "/%75sers/1"));
  }

  @Test
  default void k2_noMadeUpMethodGivesAFreshBucket(HttpFixture rig) throws Exception {
    PlannedRoute route = route(throttle("api", "1/h").build());
    TestServer site = rig.serve(route);
    site.raw("GET", "/plain").mustHaveStatus(200);
    for (String method : List.of("FOO", "BAR", "get", "Get", "GETX", "M-SEARCH", "PROPFIND")) {
      Answer answer = site.raw(method, "/plain");
      // All methods that RFC 9110 does not know have one bucket together.
      assertTrue(
          route.runs() <= 2,
          () ->
              "the handler must run at most once for GET and once for made-up methods, at 1 per"
                  + " hour: "
                  + route.runs()
                  + "; buckets "
                  + rig.backend().scopes("api")
                  + ", "
                  + answer);
    }
  }

  @Test
  default void i1_anotherAddressIsAnotherClient(HttpFixture rig) throws Exception {
    PlannedRoute route = route(throttle("api", "1/h").build());
    TestServer site = rig.serve(route);
    for (int last = 1; last <= 2; last++) {
      site.rawFromLoopback(last, "GET", "/plain").mustHaveStatus(200);
      site.rawFromLoopback(last, "GET", "/plain").mustHaveStatus(429);
    }
  }

  @Test
  default void i1_whatAProxyWouldSayDoesNotCount(HttpFixture rig) throws Exception {
    PlannedRoute route = route(throttle("api", "1/h").build());
    TestServer site = rig.serve(route);
    site.raw("GET", "/plain").mustHaveStatus(200);
    for (String header :
        List.of(
            "X-Forwarded-For: 192.0.2.1",
            "Forwarded: for=192.0.2.1",
            "X-Real-IP: 192.0.2.1",
            "CF-Connecting-IP: 192.0.2.1",
            "True-Client-IP: 192.0.2.1")) {
      Answer answer = site.raw("GET", "/plain", header);
      assertEquals(
          1,
          route.runs(),
          () ->
              "runs of the handler at 1 per hour; clients "
                  + rig.backend().identities("api")
                  + ", "
                  + header
                  + ", "
                  + answer);
      answer.mustHaveStatus(429);
    }
  }
}
