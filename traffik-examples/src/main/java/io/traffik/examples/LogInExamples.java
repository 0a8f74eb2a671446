package io.traffik.examples;

import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.traffik.AnonymousPolicy;
import io.traffik.Charge;
import io.traffik.ConnectionView;
import io.traffik.Identity;
import io.traffik.Throttle;
import io.traffik.javalin.JavalinView;
import java.util.Locale;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** The examples of docs/log-ins.md. */
final class LogInExamples {

  private LogInExamples() {}

  static void configure(
      JavalinConfig config, BiPredicate<@Nullable String, @Nullable String> passwords) {
    Throttle perAddress = Throttle.builder("login-address").rate("20/h").build();
    Throttle perAccount =
        Throttle.builder("login-account")
            .rate("5/15min")
            .identifier(LogInExamples::account)
            .onAnonymous(AnonymousPolicy.DENY)
            .build();
    config.routes.post(
        "/login",
        ctx -> {
          Charge addressCharge = perAddress.charge(JavalinView.of(ctx));
          Charge accountCharge = perAccount.charge(JavalinView.of(ctx));
          if (passwords.test(ctx.formParam("account"), ctx.formParam("password"))) {
            addressCharge.refund();
            accountCharge.refund();
            ctx.result("Welcome!");
          } else {
            ctx.status(401);
          }
        });
  }

  private static @Nullable Identity account(ConnectionView view) {
    Context ctx = view.unwrap(Context.class);
    String account = ctx == null ? null : ctx.formParam("account");
    return account == null || account.isBlank()
        ? null
        : Identity.of(account.toLowerCase(Locale.ROOT));
  }
}
