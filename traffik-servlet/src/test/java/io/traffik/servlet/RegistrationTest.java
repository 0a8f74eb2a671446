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

/** How a filter comes into an application. */
final class RegistrationTest {

  private final Throttle api =
      Throttle.builder("a \"b\",*?=")
          .rate("10/h")
          .backend(InMemoryBackend.create("registration"))
          .build();

  @ParameterizedTest
  @EnumSource
  void t4_registeringTwiceOrLateOrNowhereIsRefused(ServletServer server) throws Exception {
    AtomicReference<ServletContext> kept = new AtomicReference<>();
    ThrottleFilter filter = ThrottleFilter.of(api);
    try (Site site =
        server.start(
            context -> {
              kept.set(context);
              assertThatThrownBy(() -> filter.register(context))
                  .isInstanceOf(ConfigurationException.class)
                  .hasMessageContaining("must have at least one URL pattern");
              assertThatThrownBy(() -> filter.register(context, "/ok", "api/*"))
                  .isInstanceOf(ConfigurationException.class)
                  .hasMessageContaining("must begin with / or *.: \"api/*\"");
              nullIsNamed(() -> filter.register(context, (String) null), "URL pattern");
              nullIsNamed(() -> filter.register(context, (String[]) null), "urlPatterns");
              filter.register(context, "/page", "*.do");
              assertThatThrownBy(() -> ThrottleFilter.of(api).register(context, "/more"))
                  .isInstanceOf(ConfigurationException.class)
                  .hasMessageContaining("registered once, with all its patterns: throttle a \"b\"");
              Page.saying("served").at(context, "/");
            })) {
      assertThat(ReportedQuota.in(site.get("/page"))).hasSize(1);
      assertThat(ReportedQuota.in(site.get("/x/y.do"))).hasSize(1);
      assertThat(ReportedQuota.rateLimitHeaders(site.get("/more"))).isEmpty();
      assertThatThrownBy(
              () ->
                  ThrottleFilter.of(Throttle.builder("late").rate("1/s").build())
                      .register(kept.get(), "/*"))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("\"throttle late\" must be registered before");
    }
  }

  @Test
  void t4_aFilterNeedsThrottles() {
    assertThatThrownBy(ThrottleFilter::of)
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("a filter must have at least one throttle: 0");
    assertThatThrownBy(() -> new ThrottleFilter().backend(InMemoryBackend.create("unused")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("with init parameters");
  }

  @Test
  void t4_nullIsNamed() {
    nullIsNamed(() -> ThrottleFilter.of((Throttle) null), "throttle");
    nullIsNamed(() -> ThrottleFilter.of((Throttle[]) null), "throttles");
    nullIsNamed(() -> ThrottleFilter.of(api).register(null, "/*"), "context");
    nullIsNamed(() -> ThrottleFilter.of(api).backend(null), "backend");
    nullIsNamed(() -> ThrottleFilter.of(api).rateLimitHeaders(null), "rateLimitHeaders");
    nullIsNamed(() -> ServletView.of(null), "request");
  }

  private static void nullIsNamed(ThrowingCallable call, String name) {
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

    ThrottleFilter.of(api).doFilter(request, null, (asked, answer) -> passed.set(asked));

    assertThat(passed.get() == request).isTrue();
  }
}
