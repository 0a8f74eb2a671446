package io.traffik.servlet;

import io.traffik.AnonymousPolicy;
import io.traffik.Backend;
import io.traffik.ConfigurationException;
import io.traffik.FailurePolicy;
import io.traffik.Scope;
import io.traffik.Throttle;
import io.traffik.ThrottleBuilder;
import io.traffik.http.RateLimitHeaders;
import io.traffik.memory.InMemoryBackend;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import java.util.Arrays;
import java.util.Collections;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads the init parameters of a filter; every error names the filter, the rule and the value. */
final class WebXmlParameters {

  private static final Set<String> KNOWN =
      new TreeSet<>(
          Set.of(
              "rate",
              "uid",
              "scope",
              "cost",
              "onBackendFailure",
              "onAnonymous",
              "rateLimitHeaders",
              "maxKeys"));

  private final FilterConfig config;

  WebXmlParameters(FilterConfig config) throws ServletException {
    this.config = config;
    for (String name : Collections.list(config.getInitParameterNames())) {
      if (!KNOWN.contains(name)) {
        throw error("init parameter must be one of " + KNOWN + ": \"" + name + "\"", null);
      }
    }
  }

  /** A filter that was made with its throttles would ignore them. */
  void requireNone() throws ServletException {
    for (String name : Collections.list(config.getInitParameterNames())) {
      throw error(
          "a filter made with throttles must have no init parameters: \"" + name + "\"", null);
    }
  }

  /** A backend of the filter's own, unless the application brings one. */
  @Nullable Backend ownBackend() throws ServletException {
    String maxKeys = config.getInitParameter("maxKeys");
    if (ServletView.backend(config.getServletContext()) != null) {
      if (maxKeys != null) {
        throw error("maxKeys must not be given beside the application's backend: " + maxKeys, null);
      }
      return null;
    }
    return checked(
        () -> {
          var backend = InMemoryBackend.builder(config.getFilterName());
          return (maxKeys == null ? backend : backend.maxKeys(number("maxKeys", maxKeys))).build();
        });
  }

  Throttle throttle() throws ServletException {
    return checked(this::build);
  }

  private Throttle build() {
    ThrottleBuilder throttle = Throttle.builder(text("uid", config.getFilterName()));
    String rates = text("rate", "");
    for (String rate : rates.split(",", -1)) {
      if (rate.isBlank()) {
        throw new ConfigurationException(
            "rate must be given, 100/min say, several with commas between them: \"" + rates + "\"");
      }
      throttle.rate(rate);
    }
    String cost = config.getInitParameter("cost");
    if (cost != null) {
      throttle.cost(number("cost", cost));
    }
    scope(throttle, config.getInitParameter("scope"));
    return throttle
        .onBackendFailure(choice("onBackendFailure", FailurePolicy.ALLOW))
        .onAnonymous(choice("onAnonymous", AnonymousPolicy.THROW))
        .build();
  }

  private static void scope(ThrottleBuilder throttle, @Nullable String scope) {
    if (scope == null) {
      return;
    }
    switch (scope.strip().toLowerCase(Locale.ROOT)) {
      case "method_and_route" -> throttle.scope(Scope.METHOD_AND_ROUTE);
      case "route" -> throttle.scope(Scope.ROUTE);
      case "all_routes" -> throttle.scope(Scope.ALL_ROUTES);
      default ->
          throw new ConfigurationException(
              "scope must be METHOD_AND_ROUTE, ROUTE or ALL_ROUTES: \"" + scope + "\"");
    }
  }

  RateLimitHeaders rateLimitHeaders() throws ServletException {
    return checked(() -> choice("rateLimitHeaders", RateLimitHeaders.STANDARD));
  }

  private String text(String name, String otherwise) {
    String value = config.getInitParameter(name);
    return value == null ? otherwise : value;
  }

  private static long number(String name, String value) {
    try {
      return Long.parseLong(value.strip());
    } catch (NumberFormatException e) {
      throw new ConfigurationException(name + " must be a whole number: \"" + value + "\"", e);
    }
  }

  private <E extends Enum<E>> E choice(String name, E otherwise) {
    String value = config.getInitParameter(name);
    if (value == null) {
      return otherwise;
    }
    Class<E> type = otherwise.getDeclaringClass();
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> constant.name().equalsIgnoreCase(value.strip()))
        .findFirst()
        .orElseThrow(
            () ->
                new ConfigurationException(
                    name
                        + " must be one of "
                        + Arrays.toString(type.getEnumConstants())
                        + ": \""
                        + value
                        + "\""));
  }

  private <T> T checked(Supplier<T> reading) throws ServletException {
    try {
      return reading.get();
    } catch (ConfigurationException e) {
      throw error(e.getMessage(), e);
    }
  }

  private ServletException error(@Nullable String message, @Nullable Throwable cause) {
    return new ServletException("filter \"" + config.getFilterName() + "\": " + message, cause);
  }
}
