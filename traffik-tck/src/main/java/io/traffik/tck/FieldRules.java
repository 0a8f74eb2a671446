package io.traffik.tck;

import static io.traffik.tck.HttpFixture.route;
import static io.traffik.tck.HttpFixture.throttle;
import static io.traffik.tck.InjectionProbe.WORD;
import static io.traffik.tck.InjectionProbe.sendTwice;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.traffik.Throttle;
import io.traffik.http.RateLimitHeaders;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Which header fields there are, and that nothing of the client's gets into them. */
interface FieldRules {

  @Test
  default void h2_severalRatesAreOneList(HttpFixture rig) throws Exception {
    PlannedRoute route = route(throttle("api", "2/min").rate("5/h").build());
    TestServer site = rig.serve(route);
    ReportedQuota hour = new ReportedQuota("api-2", 5, 3_600, 3, 1_440);
    site.get("/plain");
    site.get("/plain").mustBeServed(route, new ReportedQuota("api-1", 2, 60, 0, 60), hour);
    site.get("/plain").mustBeDenied("api-1", 30, new ReportedQuota("api-1", 2, 60, 0, 60), hour);
  }

  @Test
  default void h2_severalThrottlesAreOneList(HttpFixture rig) throws Exception {
    Throttle minute = throttle("minute", "2/min").build();
    Throttle hour = throttle("hour", "5/h").rate("10/day").build();
    PlannedRoute route = route(minute, hour);
    TestServer site = rig.serve(route);
    site.get("/plain")
        .mustBeServed(
            route,
            new ReportedQuota("minute", 2, 60, 1, 30),
            new ReportedQuota("hour-1", 5, 3_600, 4, 720),
            new ReportedQuota("hour-2", 10, 86_400, 9, 8_640));
  }

  /** Asks until denied, and gives the first answer and the denial. */
  private static List<Answer> firstAndDenied(HttpFixture rig, RateLimitHeaders style)
      throws Exception {
    PlannedRoute route = route(throttle("api", "2/min").rate("5/h").build());
    TestServer site = rig.serve(style, rig.backend(), route);
    Answer first = site.get("/plain");
    first.mustHaveStatus(200);
    first.mustNotHave("Retry-After");
    site.get("/plain");
    Answer denied = site.get("/plain");
    denied.mustHaveStatus(429);
    denied.mustBeAProblem("api-1");
    assertEquals(List.of("30"), denied.lines("Retry-After"), () -> "Retry-After, " + denied);
    return List.of(first, denied);
  }

  @Test
  default void h2_noFieldsIfNoneAreChosen(HttpFixture rig) throws Exception {
    for (Answer answer : firstAndDenied(rig, RateLimitHeaders.NONE)) {
      answer.mustNotHave("RateLimit");
      answer.mustNotHave("RateLimit-Policy");
      assertEquals(List.of(), answer.legacy(), () -> "no fields were chosen, " + answer);
    }
  }

  @Test
  default void h2_theOlderFieldsTellOfTheTightestRate(HttpFixture rig) throws Exception {
    List<Answer> answers = firstAndDenied(rig, RateLimitHeaders.LEGACY);
    for (Answer answer : answers) {
      answer.mustNotHave("RateLimit");
      answer.mustNotHave("RateLimit-Policy");
    }
    assertEquals(List.of("2", "1", "30"), answers.get(0).legacy(), answers.get(0)::toString);
    assertEquals(List.of("2", "0", "60"), answers.get(1).legacy(), answers.get(1)::toString);
  }

  @Test
  default void h2_bothKindsOfFieldsIfBothAreChosen(HttpFixture rig) throws Exception {
    List<Answer> answers = firstAndDenied(rig, RateLimitHeaders.BOTH);
    assertEquals(List.of("2", "1", "30"), answers.get(0).legacy(), answers.get(0)::toString);
    assertEquals(List.of("2", "0", "60"), answers.get(1).legacy(), answers.get(1)::toString);
    Answer denied = answers.get(1);
    assertEquals(
        List.of(
            new ReportedQuota("api-1", 2, 60, 0, 60),
            new ReportedQuota("api-2", 5, 3_600, 3, 1_440)),
        denied.told(),
        denied::toString);
  }

  @Test
  default void h3_nothingThatAClientSendsComesBack(HttpFixture rig) throws Exception {
    Throttle api = throttle("api", "1/h").identifier(HttpFixture.BY_HEADER).build();
    TestServer site = rig.serve(RateLimitHeaders.BOTH, rig.backend(), route(api));
    assertEquals(
        List.of(200, 429),
        sendTwice(site, "GET", "/plain", HttpFixture.CLIENT + ": simply " + WORD),
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
      sendTwice(site, "GET", "/plain", HttpFixture.CLIENT + ": " + client);
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
      sendTwice(site, "GET", "/plain", HttpFixture.CLIENT + ": " + name, name + ": " + WORD + "=1");
    }
    sendTwice(site, "GET", "/plain?" + WORD + "=" + WORD, HttpFixture.CLIENT + ": query");
    sendTwice(site, "GET", "/plain;" + WORD, HttpFixture.CLIENT + ": parameter");
    sendTwice(site, WORD.toUpperCase(Locale.ROOT), "/plain", HttpFixture.CLIENT + ": method");
  }

  @Test
  default void h3_nothingOfAPathComesBack(HttpFixture rig) throws Exception {
    TestServer site = rig.serve(rig.template(throttle("api", "1/h").build()));
    sendTwice(site, "GET", "/users/" + WORD);
    sendTwice(site, "GET", "/users/%0d%0aSet-Cookie:" + WORD);
    sendTwice(site, "GET", "/users/%22%3C" + WORD);
  }

  @Test
  default void h3_anyUidIsToldAndBreaksNothing(HttpFixture rig) throws Exception {
    String uid = "a\"b\\c\r\nX-Injected: 1 \u00e4\ud83d\ude00%";
    String name = "a\"b\\c%0D%0AX-Injected: 1 %C3%A4%F0%9F%98%80%25";
    PlannedRoute route = route(throttle(uid, "1/min").build());
    TestServer site = rig.serve(route);
    Answer allowed = site.raw("GET", "/plain");
    allowed.mustBeServed(route, new ReportedQuota(name, 1, 60, 0, 60));
    allowed.mustNotHave("X-Injected");
    Answer denied = site.raw("GET", "/plain");
    denied.mustBeDenied(uid, 60, new ReportedQuota(name, 1, 60, 0, 60));
    denied.mustNotHave("X-Injected");
  }
}
