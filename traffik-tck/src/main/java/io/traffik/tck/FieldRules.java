package io.traffik.tck;

import static io.traffik.tck.Trial.route;
import static io.traffik.tck.Trial.throttle;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.traffik.Throttle;
import io.traffik.http.QuotaFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Which header fields there are, and that nothing of the client's gets into them. */
interface FieldRules {

  /** In lower case, since servers may change the case of what they repeat. */
  String CANARY = "c4nary";

  @Test
  default void h2_severalRatesAreOneList(Trial trial) throws Exception {
    PlannedRoute route = route(throttle("api", "2/min").rate("5/h").build());
    Site site = trial.serve(route);
    Told hour = new Told("api-2", 5, 3_600, 3, 1_440);
    site.get("/plain");
    site.get("/plain").mustBeServed(route, new Told("api-1", 2, 60, 0, 60), hour);
    site.get("/plain").mustBeDenied("api-1", 30, new Told("api-1", 2, 60, 0, 60), hour);
  }

  @Test
  default void h2_severalThrottlesAreOneList(Trial trial) throws Exception {
    Throttle minute = throttle("minute", "2/min").build();
    Throttle hour = throttle("hour", "5/h").rate("10/day").build();
    PlannedRoute route = route(minute, hour);
    Site site = trial.serve(route);
    site.get("/plain")
        .mustBeServed(
            route,
            new Told("minute", 2, 60, 1, 30),
            new Told("hour-1", 5, 3_600, 4, 720),
            new Told("hour-2", 10, 86_400, 9, 8_640));
  }

  /** Asks until denied, and gives the first answer and the denial. */
  private static List<Answer> firstAndDenied(Trial trial, QuotaFields style) throws Exception {
    PlannedRoute route = route(throttle("api", "2/min").rate("5/h").build());
    Site site = trial.serve(style, trial.backend(), route);
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
  default void h2_noFieldsIfNoneAreChosen(Trial trial) throws Exception {
    for (Answer answer : firstAndDenied(trial, QuotaFields.NONE)) {
      answer.mustNotHave("RateLimit");
      answer.mustNotHave("RateLimit-Policy");
      assertEquals(List.of(), answer.legacy(), () -> "no fields were chosen, " + answer);
    }
  }

  @Test
  default void h2_theOlderFieldsTellOfTheTightestRate(Trial trial) throws Exception {
    List<Answer> answers = firstAndDenied(trial, QuotaFields.LEGACY);
    for (Answer answer : answers) {
      answer.mustNotHave("RateLimit");
      answer.mustNotHave("RateLimit-Policy");
    }
    assertEquals(List.of("2", "1", "30"), answers.get(0).legacy(), answers.get(0)::toString);
    assertEquals(List.of("2", "0", "60"), answers.get(1).legacy(), answers.get(1)::toString);
  }

  @Test
  default void h2_bothKindsOfFieldsIfBothAreChosen(Trial trial) throws Exception {
    List<Answer> answers = firstAndDenied(trial, QuotaFields.BOTH);
    assertEquals(List.of("2", "1", "30"), answers.get(0).legacy(), answers.get(0)::toString);
    assertEquals(List.of("2", "0", "60"), answers.get(1).legacy(), answers.get(1)::toString);
    Answer denied = answers.get(1);
    assertEquals(
        List.of(new Told("api-1", 2, 60, 0, 60), new Told("api-2", 5, 3_600, 3, 1_440)),
        denied.told(),
        denied::toString);
  }

  /** A request that carries the canary somewhere, to be allowed once and denied once. */
  private static List<Integer> sendTwice(Site site, String method, String path, String... headers)
      throws Exception {
    List<Integer> statuses = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Answer answer = site.raw(method, path, headers);
      statuses.add(answer.status());
      boolean ours = answer.status() == 200 || answer.status() == 429;
      // The framework may refuse a request by an answer of its own; nothing may break.
      assertTrue(
          ours || (answer.status() >= 400 && answer.status() < 500) || answer.status() == 501,
          () -> "no request may break its answer, " + answer);
      String told = answer.head() + (answer.status() == 429 ? answer.body() : "");
      assertFalse(
          ours && told.toLowerCase(Locale.ROOT).contains(CANARY),
          () -> "nothing of the request must come back, " + answer);
    }
    return statuses;
  }

  @Test
  default void h3_nothingThatAClientSendsComesBack(Trial trial) throws Exception {
    Throttle api = throttle("api", "1/h").identifier(Trial.BY_HEADER).build();
    Site site = trial.serve(QuotaFields.BOTH, trial.backend(), route(api));
    assertEquals(
        List.of(200, 429),
        sendTwice(site, "GET", "/plain", Trial.CLIENT + ": simply " + CANARY),
        "two requests at 1 per hour");
    StringBuilder everyByte = new StringBuilder(CANARY);
    for (char c = 0x80; c <= 0xff; c++) {
      everyByte.append(c);
    }
    for (String client :
        List.of(
            CANARY,
            CANARY + "%0d%0aSet-Cookie:%20x=y",
            "\"" + CANARY + "\\",
            "{\"" + CANARY + "\":1}",
            CANARY + "\t;q=1",
            CANARY + "<script>",
            CANARY.repeat(500),
            everyByte.toString())) {
      sendTwice(site, "GET", "/plain", Trial.CLIENT + ": " + client);
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
            "X-" + CANARY)) {
      sendTwice(site, "GET", "/plain", Trial.CLIENT + ": " + name, name + ": " + CANARY + "=1");
    }
    sendTwice(site, "GET", "/plain?" + CANARY + "=" + CANARY, Trial.CLIENT + ": query");
    sendTwice(site, "GET", "/plain;" + CANARY, Trial.CLIENT + ": parameter");
    sendTwice(site, CANARY.toUpperCase(Locale.ROOT), "/plain", Trial.CLIENT + ": method");
  }

  @Test
  default void h3_nothingOfAPathComesBack(Trial trial) throws Exception {
    Site site = trial.serve(trial.template(throttle("api", "1/h").build()));
    sendTwice(site, "GET", "/users/" + CANARY);
    sendTwice(site, "GET", "/users/%0d%0aSet-Cookie:" + CANARY);
    sendTwice(site, "GET", "/users/%22%3C" + CANARY);
  }

  @Test
  default void h3_anyUidIsToldAndBreaksNothing(Trial trial) throws Exception {
    String uid = "a\"b\\c\r\nX-Injected: 1 \u00e4\ud83d\ude00%";
    String name = "a\"b\\c%0D%0AX-Injected: 1 %C3%A4%F0%9F%98%80%25";
    PlannedRoute route = route(throttle(uid, "1/min").build());
    Site site = trial.serve(route);
    Answer allowed = site.raw("GET", "/plain");
    allowed.mustBeServed(route, new Told(name, 1, 60, 0, 60));
    allowed.mustNotHave("X-Injected");
    Answer denied = site.raw("GET", "/plain");
    denied.mustBeDenied(uid, 60, new Told(name, 1, 60, 0, 60));
    denied.mustNotHave("X-Injected");
  }
}
