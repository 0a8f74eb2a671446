package io.traffik.examples;

import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.traffik.Decision;
import io.traffik.Identity;
import io.traffik.Throttle;
import io.traffik.ThrottleRegistry;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.CompletionStage;

/** The examples of docs/one-client.md. */
final class SupportExamples {

  private SupportExamples() {}

  static String report(ThrottleRegistry throttles, Identity client) {
    StringJoiner report = new StringJoiner("\n");
    for (Throttle throttle : throttles.throttles()) {
      Map<String, Decision> buckets = throttle.client(client).peek();
      buckets.forEach(
          (scope, decision) ->
              report.add(
                  "%s, %s: %d left, full in %d s"
                      .formatted(
                          throttle.uid(),
                          scope.isEmpty() ? "all routes" : scope,
                          decision.remaining(),
                          decision.resetAfterSeconds())));
    }
    return report.toString();
  }

  static void reset(ThrottleRegistry throttles, Identity client) {
    for (Throttle throttle : throttles.throttles()) {
      throttle.client(client).reset();
    }
  }

  static void penalise(ThrottleRegistry throttles) {
    Identity client = Identity.of("customer:42");
    throttles.get("search").client(client).penalise(1_000);
  }

  static CompletionStage<Map<String, Decision>> oneScope(Throttle search, Identity client) {
    search.client(client).in("GET /search").reset();
    return search.client(client).in("GET /search").peekAsync();
  }

  static void routes(JavalinConfig config, ThrottleRegistry throttles) {
    config.routes.get("/support/{client}", ctx -> ctx.result(report(throttles, clientOf(ctx))));
    config.routes.post("/support/{client}/reset", ctx -> reset(throttles, clientOf(ctx)));
  }

  private static Identity clientOf(Context ctx) {
    return Identity.of(ctx.pathParam("client"));
  }
}
