package io.traffik.servlet;

import io.traffik.AnonymousPolicy;
import io.traffik.Backend;
import io.traffik.BackendStart;
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

/** Reads the init parameters of a filter. Every error names the filter and the invalid value. */
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
              "maxKeys",
              "requireBackendAtStart"));

  private final FilterConfig config;

  WebXmlParameters(FilterConfig config) throws ServletException {
    this.config = config;
    for (String name : Collections.list(config.getInitParameterNames())) {
      if (!KNOWN.contains(name)) {
        throw error("unknown init parameter: \"" + name + "\". Use one of " + KNOWN + ".", null);
      }
    }
  }

  /** Rejects parameters, since a filter that was created with throttles would ignore them. */
  void requireNone() throws ServletException {
    for (String name : Collections.list(config.getInitParameterNames())) {
      throw error(
          "init parameter \"%s\" has no effect on a filter created with throttles. Remove it."
              .formatted(name),
          null);
    }
  }

  /** Creates the filter's own backend, or returns null if the application has one. */
  @Nullable Backend ownBackend() throws ServletException {
    String maxKeys = config.getInitParameter("maxKeys");
    if (ServletView.backend(config.getServletContext()) != null) {
      if (maxKeys != null) {
        throw error(
            "maxKeys %s has no effect, because the filter uses the application's backend."
                    .formatted(maxKeys)
                + " Set the limit on that backend.",
            null);
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
    String uid = config.getInitParameter("uid");
    ThrottleBuilder throttle = Throttle.builder(uid == null ? config.getFilterName() : uid);
    String rates = config.getInitParameter("rate");
    if (rates == null) {
      throw new ConfigurationException(
          "init parameter rate is missing. Set it, for example 100/min.");
    }
    for (String rate : rates.split(",", -1)) {
      if (rate.isBlank()) {
        throw new ConfigurationException(
            "init parameter rate has an empty rate: \""
                + rates
                + "\". Write rates as 100/min, separated by commas.");
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
      case "path" -> throttle.scope(Scope.PATH);
      case "all_routes" -> throttle.scope(Scope.ALL_ROUTES);
      default ->
          throw new ConfigurationException(
              "unknown scope: \"" + scope + "\". Use METHOD_AND_ROUTE, ROUTE, ALL_ROUTES or PATH.");
    }
  }

  RateLimitHeaders rateLimitHeaders() throws ServletException {
    return checked(() -> choice("rateLimitHeaders", RateLimitHeaders.STANDARD));
  }

  BackendStart backendStart() throws ServletException {
    String value = config.getInitParameter("requireBackendAtStart");
    if (value == null || value.strip().equalsIgnoreCase("false")) {
      return BackendStart.OPTIONAL;
    }
    if (value.strip().equalsIgnoreCase("true")) {
      return BackendStart.REQUIRED;
    }
    throw error(
        "requireBackendAtStart must be true or false: \"%s\". Use one of them.".formatted(value),
        null);
  }

  private static long number(String name, String value) {
    try {
      return Long.parseLong(value.strip());
    } catch (NumberFormatException e) {
      throw new ConfigurationException(
          name + " is not a whole number: \"" + value + "\". Use digits, for example 1000.", e);
    }
  }

  private <E extends Enum<E>> E choice(String name, E fallback) {
    String value = config.getInitParameter(name);
    if (value == null) {
      return fallback;
    }
    Class<E> type = fallback.getDeclaringClass();
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> constant.name().equalsIgnoreCase(value.strip()))
        .findFirst()
        .orElseThrow(
            () ->
                new ConfigurationException(
                    "unknown %s: \"%s\". Use one of %s."
                        .formatted(name, value, Arrays.toString(type.getEnumConstants()))));
  }

  private <T> T checked(Supplier<T> reader) throws ServletException {
    try {
      return reader.get();
    } catch (ConfigurationException e) {
      throw error(e.getMessage(), e);
    }
  }

  private ServletException error(@Nullable String message, @Nullable Throwable cause) {
    return new ServletException("Filter \"" + config.getFilterName() + "\": " + message, cause);
  }
}
