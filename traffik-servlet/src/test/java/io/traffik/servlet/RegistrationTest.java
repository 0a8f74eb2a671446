package io.traffik.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.traffik.ConfigurationException;
import io.traffik.Throttle;
import io.traffik.memory.InMemoryBackend;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRequest;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Registration of the filter in an application. */
final class RegistrationTest {

  private final Throttle api =
      Throttle.builder("a \"b\",*?=")
          .rate("10/h")
          .backend(InMemoryBackend.create("registration"))
          .build();

  @ParameterizedTest
  @EnumSource
  void t4_registeringTwiceOrLateOrWithoutPatternsIsRejected(ServletServer server) throws Exception {
    AtomicReference<ServletContext> started = new AtomicReference<>();
    ThrottleFilter filter = ThrottleFilter.of(api);
    try (TestApplication app =
        server.start(
            context -> {
              started.set(context);
              assertThatThrownBy(() -> filter.register(context))
                  .isInstanceOf(ConfigurationException.class)
                  .hasMessageContaining(
                      "must have at least one URL pattern, but got none. Pass /* to match all.");
              assertThatThrownBy(() -> filter.register(context, "/ok", "api/*"))
                  .isInstanceOf(ConfigurationException.class)
                  .hasMessageContaining(
                      "must start with / or *.: \"api/*\". Use /path, /path/* or *.extension.");
              assertRejectsNull(() -> filter.register(context, (String) null), "URL pattern");
              assertRejectsNull(() -> filter.register(context, (String[]) null), "urlPatterns");
              filter.register(context, "/page", "*.do");
              assertThatThrownBy(() -> ThrottleFilter.of(api).register(context, "/more"))
                  .isInstanceOf(ConfigurationException.class)
                  .hasMessageContaining(
                      "\" is already registered. Register these throttles once, with all their patterns.");
              CountingServlet.responding("served").map(context, "/");
            })) {
      assertThat(ResponseQuota.of(app.get("/page"))).hasSize(1);
      assertThat(ResponseQuota.of(app.get("/x/y.do"))).hasSize(1);
      assertThat(ResponseQuota.rateLimitHeaders(app.get("/more"))).isEmpty();
      assertThatThrownBy(
              () ->
                  ThrottleFilter.of(Throttle.builder("late").rate("1/s").build())
                      .register(started.get(), "/*"))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("Filter \"throttle late\" is registered too late");
    }
  }

  @Test
  void t4_aFilterNeedsThrottles() {
    assertThatThrownBy(ThrottleFilter::of)
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "A filter must have at least one throttle, but got none. Pass one to ThrottleFilter.of(…).");
    assertThatThrownBy(() -> new ThrottleFilter().backend(InMemoryBackend.create("unused")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Use ThrottleFilter.of(throttle) in code.");
  }

  @Test
  void t4_nullIsNamed() {
    assertRejectsNull(() -> ThrottleFilter.of((Throttle) null), "throttle");
    assertRejectsNull(() -> ThrottleFilter.of((Throttle[]) null), "throttles");
    assertRejectsNull(() -> ThrottleFilter.of(api).register(null, "/*"), "context");
    assertRejectsNull(() -> ThrottleFilter.of(api).backend(null), "backend");
    assertRejectsNull(() -> ThrottleFilter.of(api).rateLimitHeaders(null), "rateLimitHeaders");
    assertRejectsNull(() -> ServletView.of(null), "request");
  }

  private static void assertRejectsNull(ThrowingCallable call, String name) {
    assertThatNullPointerException().isThrownBy(call).withMessage(name + " must not be null");
  }

  @Test
  void h4_requestsThatAreNotHttpPass() throws Exception {
    ServletRequest request =
        (ServletRequest)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ServletRequest.class},
                (proxy, method, arguments) -> null);
    AtomicReference<ServletRequest> passed = new AtomicReference<>();

    ThrottleFilter.of(api).doFilter(request, null, (forwarded, response) -> passed.set(forwarded));

    assertThat(passed.get() == request).isTrue();
  }
}
