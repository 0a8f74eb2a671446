package io.traffik.examples;

import static io.traffik.javalin.Throttling.settled;
import static io.traffik.javalin.Throttling.throttled;

import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.traffik.AnonymousPolicy;
import io.traffik.Charge;
import io.traffik.ConnectionView;
import io.traffik.Identity;
import io.traffik.Throttle;
import io.traffik.ThrottleRegistry;
import io.traffik.javalin.JavalinView;
import io.traffik.javalin.TraffikPlugin;
import io.traffik.servlet.ThrottleFilter;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Locale;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** The examples of docs/log-ins.md. */
final class LogInExamples {

  private final BiPredicate<@Nullable String, @Nullable String> passwords;

  LogInExamples(BiPredicate<@Nullable String, @Nullable String> passwords) {
    this.passwords = passwords;
  }

  void javalin(JavalinConfig config, ThrottleRegistry throttles) {
    Throttle logIns = throttles.throttle("login").rate("20/h").build();
    config.registerPlugin(new TraffikPlugin(throttles));
    config.routes.post("/login", throttled(logIns, this::logIn));
    config.routes.after("/login", settled(logIns, ctx -> ctx.statusCode() == 401 ? 1 : 0));
  }

  private void logIn(Context ctx) {
    if (passwords.test(ctx.formParam("account"), ctx.formParam("password"))) {
      ctx.result("Welcome!");
    } else {
      ctx.status(401);
    }
  }

  static void servlet(ServletContext context, ThrottleRegistry throttles) {
    Throttle logIns = throttles.throttle("login").rate("20/h").build();
    ThrottleFilter.of(logIns)
        .registry(throttles)
        .settledBy((request, status) -> status == 401 ? 1 : 0)
        .register(context, "/login");
  }

  static void servletByAttribute(Throttle logIns, ServletContext context) {
    ThrottleFilter.of(logIns)
        .settledBy((request, status) -> request.getAttribute("logInFailed") == null ? 0 : 1)
        .register(context, "/login");
  }

  void perAccount(JavalinConfig config, ThrottleRegistry throttles) {
    Throttle perAddress = throttles.throttle("login-address").rate("20/h").build();
    Throttle perAccount =
        throttles
            .throttle("login-account")
            .rate("5/15min")
            .identifier(LogInExamples::account)
            .onAnonymous(AnonymousPolicy.DENY)
            .build();
    config.routes.post("/login", throttled(List.of(perAddress, perAccount), this::logIn));
    for (Throttle logIns : List.of(perAddress, perAccount)) {
      config.routes.after("/login", settled(logIns, ctx -> ctx.statusCode() == 401 ? 1 : 0));
    }
  }

  private static @Nullable Identity account(ConnectionView view) {
    Context ctx = view.unwrap(Context.class);
    return ctx == null ? null : identityOf(ctx.formParam("account"));
  }

  private static @Nullable Identity identityOf(@Nullable String account) {
    return account == null || account.isBlank()
        ? null
        : Identity.of("account:" + account.toLowerCase(Locale.ROOT));
  }

  static @Nullable Identity servletAccount(ConnectionView view) {
    HttpServletRequest request = view.unwrap(HttpServletRequest.class);
    return request == null ? null : identityOf(request.getParameter("account"));
  }

  void byHand(JavalinConfig config, Throttle perAddress, Throttle perAccount) {
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
}
