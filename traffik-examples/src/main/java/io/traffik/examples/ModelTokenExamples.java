package io.traffik.examples;

import static io.traffik.javalin.Throttling.settled;
import static io.traffik.javalin.Throttling.throttled;

import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.traffik.Backend;
import io.traffik.Charge;
import io.traffik.ConnectionView;
import io.traffik.Decision;
import io.traffik.Throttle;
import io.traffik.ThrottleRegistry;
import io.traffik.javalin.TraffikPlugin;
import io.traffik.servlet.ThrottleFilter;
import jakarta.servlet.ServletContext;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** The examples of docs/model-tokens.md. */
final class ModelTokenExamples {

  private static final System.Logger LOGGER = System.getLogger(ModelTokenExamples.class.getName());

  private ModelTokenExamples() {}

  /** The reply of a language model, with the tokens that the provider bills. */
  record Reply(String text, long usedTokens) {}

  static Throttle modelTokens(Backend backend) {
    Throttle modelTokens =
        Throttle.builder("model-tokens").rate("10000/min").backend(backend).build();
    return modelTokens;
  }

  static String ask(
      Throttle modelTokens, ConnectionView view, String prompt, Function<String, Reply> model) {
    Charge charge = modelTokens.charge(view, 1 + prompt.length() / 4);
    Reply reply;
    try {
      reply = model.apply(prompt);
    } catch (RuntimeException e) {
      charge.refund();
      throw e;
    }
    charge.settle(reply.usedTokens());
    return reply.text();
  }

  static Throttle boundedDebt(Backend backend) {
    Throttle modelTokens =
        Throttle.builder("model-tokens")
            .rate("10000/min")
            .maxDebt(1_000_000)
            .backend(backend)
            .build();
    return modelTokens;
  }

  static void reportUnpaid(Charge charge, Reply reply) {
    Decision settlement = charge.settle(reply.usedTokens());
    if (settlement.unpaid() > 0) {
      LOGGER.log(System.Logger.Level.WARNING, settlement);
    }
  }

  static CompletionStage<Reply> stream(
      Throttle modelTokens, ConnectionView view, CompletionStage<Reply> answer) {
    Charge charge = modelTokens.charge(view, 500);
    return answer.whenComplete(
        (reply, failure) -> charge.settle(failure == null ? reply.usedTokens() : 0));
  }

  static void javalin(
      JavalinConfig config, ThrottleRegistry throttles, Function<String, Reply> model) {
    Throttle modelTokens = throttles.throttle("model-tokens").rate("10000/min").cost(500).build();
    config.registerPlugin(new TraffikPlugin(throttles));
    config.routes.post(
        "/ask",
        throttled(
            modelTokens,
            ctx -> {
              Reply reply = model.apply(ctx.body());
              ctx.attribute("usedTokens", reply.usedTokens());
              ctx.result(reply.text());
            }));
    config.routes.after("/ask", settled(modelTokens, ModelTokenExamples::usedTokens));
  }

  private static long usedTokens(Context ctx) {
    Long used = ctx.attribute("usedTokens");
    return used == null ? 0 : used;
  }

  static void servlet(ServletContext context, ThrottleRegistry throttles) {
    Throttle modelTokens = throttles.throttle("model-tokens").rate("10000/min").cost(500).build();
    ThrottleFilter.of(modelTokens)
        .registry(throttles)
        .settledBy(
            (request, status) -> request.getAttribute("usedTokens") instanceof Long used ? used : 0)
        .register(context, "/ask");
  }
}
