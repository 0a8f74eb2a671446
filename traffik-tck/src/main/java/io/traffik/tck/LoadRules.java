package io.traffik.tck;

import static io.traffik.tck.Trial.routeAt;
import static io.traffik.tck.Trial.throttle;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.traffik.Throttle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Many requests at once, as one client and as others. */
interface LoadRules {

  int THREADS = 8;
  int REQUESTS_EACH = 250;
  int LIMIT = 100;

  private static Told told(long remaining) {
    return new Told("api", LIMIT, 3_600, remaining, (LIMIT - remaining) * 36);
  }

  private static List<Answer> flood(Site site) throws Exception {
    List<Answer> answers = new ArrayList<>();
    for (int i = 0; i < REQUESTS_EACH; i++) {
      answers.add(site.get("/flooded", Trial.CLIENT, "flood"));
    }
    return answers;
  }

  @Test
  default void b3_h4_ofTwoThousandRequestsAtOnceExactlyOneHundredPass(Trial trial)
      throws Exception {
    Throttle api = throttle("api", LIMIT + "/h").identifier(Trial.BY_HEADER).build();
    PlannedRoute flooded = routeAt("/flooded", api);
    PlannedRoute other = routeAt("/other", api);
    Site site = trial.serve(flooded, other);
    ExecutorService clients = Executors.newFixedThreadPool(THREADS);
    List<Answer> answers = new ArrayList<>();
    try {
      Callable<List<Answer>> client = () -> flood(site);
      List<Future<List<Answer>>> floods = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        floods.add(clients.submit(client));
      }
      for (int n = 1; n <= 20; n++) {
        site.get("/flooded", Trial.CLIENT, "calm").mustBeServed(flooded, told(LIMIT - n));
        site.get("/other", Trial.CLIENT, "flood").mustBeServed(other, told(LIMIT - n));
      }
      for (Future<List<Answer>> flood : floods) {
        answers.addAll(flood.get());
      }
    } finally {
      clients.shutdownNow();
    }
    assertFlood(answers, flooded.runs() - 20);
    assertEquals(LIMIT + 40, trial.backend().taken("api"), "tokens taken by all requests together");
  }

  private static void assertFlood(List<Answer> answers, int runs) {
    Map<Integer, List<Answer>> byStatus =
        answers.stream().collect(Collectors.groupingBy(Answer::status));
    List<Answer> allowed = byStatus.getOrDefault(200, List.of());
    List<Answer> denied = byStatus.getOrDefault(429, List.of());
    assertEquals(LIMIT, allowed.size(), "answers of 200 to " + answers.size() + " requests");
    assertEquals(LIMIT, runs, "runs of the handler for " + answers.size() + " requests");
    assertEquals(answers.size() - LIMIT, denied.size(), "answers of 429; the rest are neither");
    denied.forEach(answer -> answer.mustBeDenied("api", 36, told(0)));
    assertEquals(
        LongStream.range(0, LIMIT).mapToObj(LoadRules::told).map(List::of).toList(),
        allowed.stream()
            .map(Answer::told)
            .sorted((a, b) -> Long.compare(a.get(0).r(), b.get(0).r()))
            .toList(),
        "each number of tokens left is told to one of the allowed");
  }
}
