package io.traffik.tck.http;

import static io.traffik.tck.http.HttpFixture.route;
import static io.traffik.tck.http.InjectionProbe.MARKER;
import static io.traffik.tck.http.InjectionProbe.sendTwice;
import static io.traffik.tck.server.TestThrottles.throttle;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.traffik.Throttle;
import io.traffik.http.RateLimitHeaders;
import io.traffik.tck.server.ReceivedResponse;
import io.traffik.tck.server.ReportedQuota;
import io.traffik.tck.server.TestServer;
import io.traffik.tck.server.TestThrottles;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The header fields of responses, which must not contain client input. */
interface HeaderFieldRules {

  @Test
  default void h2_severalRatesFormOneList(HttpFixture fixture) throws Exception {
    PlannedRoute route = route(throttle("api", "2/min").rate("5/h").build());
    TestServer server = fixture.serve(route);
    ReportedQuota hour = new ReportedQuota("api-2", 5, 3_600, 3, 1_440);
    server.get("/plain");
    server.get("/plain").assertServed(route.body(), new ReportedQuota("api-1", 2, 60, 0, 60), hour);
    server.get("/plain").assertDenied("api-1", 30, new ReportedQuota("api-1", 2, 60, 0, 60), hour);
  }

  @Test
  default void h2_severalThrottlesFormOneList(HttpFixture fixture) throws Exception {
    Throttle minute = throttle("minute", "2/min").build();
    Throttle hour = throttle("hour", "5/h").rate("10/day").build();
    PlannedRoute route = route(minute, hour);
    TestServer server = fixture.serve(route);
    server
        .get("/plain")
        .assertServed(
            route.body(),
            new ReportedQuota("minute", 2, 60, 1, 30),
            new ReportedQuota("hour-1", 5, 3_600, 4, 720),
            new ReportedQuota("hour-2", 10, 86_400, 9, 8_640));
  }

  /** Sends requests until one is denied; returns the first response and the denial. */
  private static List<ReceivedResponse> firstAndDenied(HttpFixture fixture, RateLimitHeaders style)
      throws Exception {
    PlannedRoute route = route(throttle("api", "2/min").rate("5/h").build());
    TestServer server = fixture.serve(style, fixture.backend(), route);
    ReceivedResponse first = server.get("/plain");
    first.assertStatus(200);
    first.assertAbsent("Retry-After");
    server.get("/plain");
    ReceivedResponse denied = server.get("/plain");
    denied.assertStatus(429);
    denied.assertProblem("api-1");
    assertEquals(List.of("30"), denied.lines("Retry-After"), () -> "wrong Retry-After: " + denied);
    return List.of(first, denied);
  }

  @Test
  default void h2_noFieldsAreSentIfNoneAreConfigured(HttpFixture fixture) throws Exception {
    for (ReceivedResponse response : firstAndDenied(fixture, RateLimitHeaders.NONE)) {
      response.assertAbsent("RateLimit");
      response.assertAbsent("RateLimit-Policy");
      assertEquals(
          List.of(),
          response.legacyFields(),
          () -> "X-RateLimit fields are not configured and must be absent: " + response);
    }
  }

  @Test
  default void h2_legacyFieldsReportTheTightestRate(HttpFixture fixture) throws Exception {
    List<ReceivedResponse> responses = firstAndDenied(fixture, RateLimitHeaders.LEGACY);
    for (ReceivedResponse response : responses) {
      response.assertAbsent("RateLimit");
      response.assertAbsent("RateLimit-Policy");
    }
    assertEquals(
        List.of("2", "1", "30"), responses.get(0).legacyFields(), responses.get(0)::toString);
    assertEquals(
        List.of("2", "0", "60"), responses.get(1).legacyFields(), responses.get(1)::toString);
  }

  @Test
  default void h2_bothKindsOfFieldsAreSentIfConfigured(HttpFixture fixture) throws Exception {
    List<ReceivedResponse> responses = firstAndDenied(fixture, RateLimitHeaders.BOTH);
    assertEquals(
        List.of("2", "1", "30"), responses.get(0).legacyFields(), responses.get(0)::toString);
    assertEquals(
        List.of("2", "0", "60"), responses.get(1).legacyFields(), responses.get(1)::toString);
    ReceivedResponse denied = responses.get(1);
    assertEquals(
        List.of(
            new ReportedQuota("api-1", 2, 60, 0, 60),
            new ReportedQuota("api-2", 5, 3_600, 3, 1_440)),
        denied.quotas(),
        denied::toString);
  }

  @Test
  default void h3_noClientInputIsEchoed(HttpFixture fixture) throws Exception {
    Throttle api = throttle("api", "1/h").identifier(TestThrottles.BY_HEADER).build();
    TestServer server = fixture.serve(RateLimitHeaders.BOTH, fixture.backend(), route(api));
    assertEquals(
        List.of(200, 429),
        sendTwice(server, "GET", "/plain", TestThrottles.CLIENT + ": simply " + MARKER),
        "two requests at 1 per hour");
    StringBuilder everyByte = new StringBuilder(MARKER);
    for (char c = 0x80; c <= 0xff; c++) {
      everyByte.append(c);
    }
    for (String client :
        List.of(
            MARKER,
            MARKER + "%0d%0aSet-Cookie:%20x=y",
            "\"" + MARKER + "\\",
            "{\"" + MARKER + "\":1}",
            MARKER + "\t;q=1",
            MARKER + "<script>",
            MARKER.repeat(500),
            everyByte.toString())) {
      sendTwice(server, "GET", "/plain", TestThrottles.CLIENT + ": " + client);
    }
    for (String name :
        List.of(
            "Accept",
            "Cookie",
            "Forwarded",
            "From",
            "Referer",
            "User-Agent",
            "X-Forwarded-For",
            "X-Forwarded-Host",
            "X-HTTP-Method-Override",
            "X-Request-Id",
            "X-" + MARKER)) {
      sendTwice(
          server, "GET", "/plain", TestThrottles.CLIENT + ": " + name, name + ": " + MARKER + "=1");
    }
    sendTwice(server, "GET", "/plain?" + MARKER + "=" + MARKER, TestThrottles.CLIENT + ": query");
    sendTwice(server, "GET", "/plain;" + MARKER, TestThrottles.CLIENT + ": parameter");
    sendTwice(server, MARKER.toUpperCase(Locale.ROOT), "/plain", TestThrottles.CLIENT + ": method");
  }

  @Test
  default void h3_noPartOfThePathIsEchoed(HttpFixture fixture) throws Exception {
    TestServer server = fixture.serve(fixture.template(throttle("api", "1/h").build()));
    sendTwice(server, "GET", "/users/" + MARKER);
    sendTwice(server, "GET", "/users/%0d%0aSet-Cookie:" + MARKER);
    sendTwice(server, "GET", "/users/%22%3C" + MARKER);
  }

  @Test
  default void h3_anyUidIsEscaped(HttpFixture fixture) throws Exception {
    String uid = "a\"b\\c\r\nX-Injected: 1 \u00e4\ud83d\ude00%";
    String name = "a\"b\\c%0D%0AX-Injected: 1 %C3%A4%F0%9F%98%80%25";
    PlannedRoute route = route(throttle(uid, "1/min").build());
    TestServer server = fixture.serve(route);
    ReceivedResponse allowed = server.raw("GET", "/plain");
    allowed.assertServed(route.body(), new ReportedQuota(name, 1, 60, 0, 60));
    allowed.assertAbsent("X-Injected");
    ReceivedResponse denied = server.raw("GET", "/plain");
    denied.assertDenied(uid, 60, new ReportedQuota(name, 1, 60, 0, 60));
    denied.assertAbsent("X-Injected");
  }
}
