package io.traffik.examples;

import io.traffik.Backend;
import io.traffik.Charge;
import io.traffik.ConnectionView;
import io.traffik.Decision;
import io.traffik.Identity;
import io.traffik.Throttle;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** The examples of docs/waiting-and-settling.md. */
final class WaitingExamples {

  private static final System.Logger LOGGER = System.getLogger(WaitingExamples.class.getName());

  private WaitingExamples() {}

  /** The reply of a language model, with the tokens that the provider bills. */
  record Reply(String text, long usedTokens) {}

  static Throttle mail(Backend backend) {
    Throttle mail =
        Throttle.builder("mail")
            .rate("5/s (capacity 1)")
            .maxWait(Duration.ofMinutes(1))
            .backend(backend)
            .build();
    return mail;
  }

  static void send(Throttle mail, Runnable call) throws InterruptedException {
    ConnectionView account = ConnectionView.of(Identity.of("account 7"));
    Charge charge = mail.reserve(account, 1, Duration.ofSeconds(30));
    try {
      TimeUnit.NANOSECONDS.sleep(charge.decision().delay().toNanos());
    } catch (InterruptedException e) {
      charge.refund();
      throw e;
    }
    call.run();
  }

  static CompletionStage<Void> sendAsync(Throttle mail, ConnectionView account, Runnable call) {
    return mail.reserveAsync(account, 1, Duration.ofSeconds(30))
        .thenCompose(
            charge -> {
              long delay = charge.decision().delay().toNanos();
              Executor later = CompletableFuture.delayedExecutor(delay, TimeUnit.NANOSECONDS);
              return CompletableFuture.runAsync(call, later);
            });
  }

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
    Decision settlement = charge.settle(reply.usedTokens());
    if (settlement.unpaid() > 0) {
      LOGGER.log(System.Logger.Level.WARNING, settlement);
    }
    return reply.text();
  }

  static boolean logIn(Throttle perAccount, ConnectionView view, boolean isPasswordCorrect) {
    Charge attempt = perAccount.charge(view);
    attempt.settle(isPasswordCorrect ? 0 : 3);
    return isPasswordCorrect;
  }

  static void export(Backend backend, Runnable work) {
    Throttle exports = Throttle.builder("exports").rate("10/h").backend(backend).build();
    if (exports.hit(Identity.of("customer 7")).allowed()) {
      work.run();
    }
  }
}
