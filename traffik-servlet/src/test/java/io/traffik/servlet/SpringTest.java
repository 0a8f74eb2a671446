package io.traffik.servlet;

import static io.traffik.servlet.ResponseQuota.assertDenied;
import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Scope;
import io.traffik.Throttle;
import io.traffik.memory.InMemoryBackend;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.http.HttpServletRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.annotation.AnnotationConfigUtils;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.context.support.GenericWebApplicationContext;
import org.springframework.web.filter.ForwardedHeaderFilter;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.config.annotation.EnableWebMvc;

/** The filter in front of Spring MVC. */
final class SpringTest {

  private final InMemoryBackend backend = InMemoryBackend.builder("spring").clock(() -> 0).build();
  private final Throttle api = Throttle.builder("api").rate("3/h").backend(backend).build();
  private final Throttle inner =
      Throttle.builder("inner").rate("1/h").scope(Scope.ALL_ROUTES).backend(backend).build();
  private final AtomicInteger handled = new AtomicInteger();

  @EnableWebMvc
  static class WebConfiguration {}

  @RestController
  static class UserController {

    private final AtomicInteger handled;
    private final Throttle inner;

    UserController(AtomicInteger handled, Throttle inner) {
      this.handled = handled;
      this.inner = inner;
    }

    @GetMapping("/users/{id}")
    String user(@PathVariable("id") String id) {
      handled.incrementAndGet();
      return "user " + id;
    }

    @GetMapping("/failing")
    String failing() {
      handled.incrementAndGet();
      throw new ArithmeticException("no such number");
    }

    @ExceptionHandler
    ResponseEntity<String> handleArithmetic(ArithmeticException e) {
      return ResponseEntity.status(409).body("handled: " + e.getMessage());
    }

    @GetMapping("/export")
    String export(HttpServletRequest request) {
      inner.enforce(ServletView.of(request));
      return "exported";
    }

    @GetMapping("/callable")
    Callable<String> callable() {
      handled.incrementAndGet();
      return () -> "called";
    }

    @GetMapping("/deferred")
    DeferredResult<String> deferred() {
      handled.incrementAndGet();
      DeferredResult<String> result = new DeferredResult<>();
      new Thread(() -> result.setResult("deferred")).start();
      return result;
    }
  }

  private TestApplication start(ServletServer server, ServletServer.Setup filters)
      throws Exception {
    return server.start(
        "/app",
        context -> {
          filters.accept(context);
          spring(context);
        });
  }

  private TestApplication start(ServletServer server) throws Exception {
    return start(server, context -> ThrottleFilter.of(api).register(context, "/*"));
  }

  private void spring(ServletContext context) {
    GenericWebApplicationContext beans = new GenericWebApplicationContext();
    beans.registerBean(WebConfiguration.class);
    beans.registerBean(UserController.class, () -> new UserController(handled, inner));
    AnnotationConfigUtils.registerAnnotationConfigProcessors(beans);
    ServletRegistration.Dynamic servlet =
        context.addServlet("spring", new DispatcherServlet(beans));
    servlet.setAsyncSupported(true);
    servlet.addMapping("/");
  }

  private void assertThreeAreServed(TestApplication app, String path, int status, String body)
      throws Exception {
    for (int left = 2; left >= 0; left--) {
      HttpResponse<String> response = app.get(path);
      assertThat(response.statusCode()).isEqualTo(status);
      assertThat(response.body()).isEqualTo(body);
      assertThat(ResponseQuota.of(response))
          .extracting(ResponseQuota::r)
          .containsExactly((long) left);
    }
    assertDenied(app.get(path), "api", 1200);
    assertThat(handled).hasValue(3);
  }

  @ParameterizedTest
  @EnumSource
  void k2_controllersShareTheRouteOfTheirServlet(ServletServer server) throws Exception {
    try (TestApplication app = start(server)) {
      assertThreeAreServed(app, "/users/1", 200, "user 1");
      assertThat(app.raw("GET", "/users/%31")).startsWith("HTTP/1.1 429 ");
      assertThat(app.raw("GET", "/users/1;jsessionid=x")).startsWith("HTTP/1.1 429 ");
      assertThat(app.raw("GET", "/users;v=1/./1")).startsWith("HTTP/1.1 429 ");
      assertThat(handled).hasValue(3);
      assertThat(app.get("/users/2").statusCode()).isEqualTo(429);
    }
  }

  @ParameterizedTest
  @EnumSource
  void h4_exceptionHandlersStillRespond(ServletServer server) throws Exception {
    try (TestApplication app = start(server)) {
      assertThreeAreServed(app, "/failing", 409, "handled: no such number");
    }
  }

  @ParameterizedTest
  @EnumSource
  void h4_callablesAreChargedOnce(ServletServer server) throws Exception {
    try (TestApplication app = start(server)) {
      assertThreeAreServed(app, "/callable", 200, "called");
    }
  }

  @ParameterizedTest
  @EnumSource
  void h4_deferredResultsAreChargedOnce(ServletServer server) throws Exception {
    try (TestApplication app = start(server)) {
      assertThreeAreServed(app, "/deferred", 200, "deferred");
    }
  }

  @ParameterizedTest
  @EnumSource
  void h1_t6_aDenialInAControllerIsAnswered(ServletServer server) throws Exception {
    try (TestApplication app = start(server)) {
      assertThat(app.get("/export").body()).isEqualTo("exported");
      HttpResponse<String> denied = app.get("/export");
      assertDenied(denied, "inner", 3600);
      assertThat(ResponseQuota.of(denied))
          .extracting(ResponseQuota::name)
          .containsExactly("api", "inner");
      assertThat(ResponseQuota.of(denied)).extracting(ResponseQuota::r).containsExactly(2L, 0L);
    }
  }

  @ParameterizedTest
  @EnumSource
  void i1_forwardedHeadersDoNotChangeTheClient(ServletServer server) throws Exception {
    ServletServer.Setup filters =
        context -> {
          context
              .addFilter("forwarded", new ForwardedHeaderFilter())
              .addMappingForUrlPatterns(null, true, "/*");
          ThrottleFilter.of(api).register(context, "/*");
        };
    try (TestApplication app = start(server, filters)) {
      for (int i = 1; i <= 3; i++) {
        assertThat(app.get("/users/1", "X-Forwarded-For", "192.0.2." + i).statusCode())
            .isEqualTo(200);
      }
      assertThat(app.get("/users/1", "X-Forwarded-For", "192.0.2.4").statusCode()).isEqualTo(429);
    }
  }
}
