package io.traffik.tck.http;

import static io.traffik.tck.http.HttpFixture.route;
import static io.traffik.tck.http.InjectionProbe.WORD;
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

/** Which header fields there are, and that nothing of the client's gets into them. */
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

  /** Asks until denied, and gives the first answer and the denial. */
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
    assertEquals(List.of("30"), denied.lines("Retry-After"), () -> "Retry-After, " + denied);
    return List.of(first, denied);
  }

  @Test
  default void h2_noFieldsAreSentIfNoneAreConfigured(HttpFixture fixture) throws Exception {
    for (ReceivedResponse answer : firstAndDenied(fixture, RateLimitHeaders.NONE)) {
      answer.assertAbsent("RateLimit");
      answer.assertAbsent("RateLimit-Policy");
      assertEquals(List.of(), answer.legacyFields(), () -> "no fields were chosen, " + answer);
    }
  }

  @Test
  default void h2_legacyFieldsReportTheTightestRate(HttpFixture fixture) throws Exception {
    List<ReceivedResponse> answers = firstAndDenied(fixture, RateLimitHeaders.LEGACY);
    for (ReceivedResponse answer : answers) {
      answer.assertAbsent("RateLimit");
      answer.assertAbsent("RateLimit-Policy");
    }
    assertEquals(List.of("2", "1", "30"), answers.get(0).legacyFields(), answers.get(0)::toString);
    assertEquals(List.of("2", "0", "60"), answers.get(1).legacyFields(), answers.get(1)::toString);
  }

  @Test
  default void h2_bothKindsOfFieldsAreSentIfConfigured(HttpFixture fixture) throws Exception {
    List<ReceivedResponse> answers = firstAndDenied(fixture, RateLimitHeaders.BOTH);
    assertEquals(List.of("2", "1", "30"), answers.get(0).legacyFields(), answers.get(0)::toString);
    assertEquals(List.of("2", "0", "60"), answers.get(1).legacyFields(), answers.get(1)::toString);
    ReceivedResponse denied = answers.get(1);
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
        sendTwice(server, "GET", "/plain", TestThrottles.CLIENT + ": simply " + WORD),
        "two requests at 1 per hour");
    StringBuilder everyByte = new StringBuilder(WORD);
    for (char c = 0x80; c <= 0xff; c++) {
      everyByte.append(c);
    }
    for (String client :
        List.of(
            WORD,
            WORD + "%0d%0aSet-Cookie:%20x=y",
            "\"" + WORD + "\\",
            "{\"" + WORD + "\":1}",
            WORD + "\t;q=1",
            WORD + "<script>",
            WORD.repeat(500),
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
            "X-" + WORD)) {
      sendTwice(
          server, "GET", "/plain", TestThrottles.CLIENT + ": " + name, name + ": " + WORD + "=1");
    }
    sendTwice(server, "GET", "/plain?" + WORD + "=" + WORD, TestThrottles.CLIENT + ": query");
    sendTwice(server, "GET", "/plain;" + WORD, TestThrottles.CLIENT + ": parameter");
    sendTwice(server, WORD.toUpperCase(Locale.ROOT), "/plain", TestThrottles.CLIENT + ": method");
  }

  @Test
  default void h3_noPartOfThePathIsEchoed(HttpFixture fixture) throws Exception {
    TestServer server = fixture.serve(fixture.template(throttle("api", "1/h").build()));
    sendTwice(server, "GET", "/users/" + WORD);
    sendTwice(server, "GET", "/users/%0d%0aSet-Cookie:" + WORD);
    sendTwice(server, "GET", "/users/%22%3C" + WORD);
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
