package io.traffik.servlet;

import static io.traffik.servlet.ReportedQuota.assertDenied;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.traffik.AnonymousPolicy;
import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.BackendException;
import io.traffik.BackendScope;
import io.traffik.ConfigurationException;
import io.traffik.FailurePolicy;
import io.traffik.Throttle;
import io.traffik.ThrottleBuilder;
import io.traffik.memory.InMemoryBackend;
import io.traffik.spi.QuotaPolicy;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.RequestDispatcher;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Where a throttle of a web application finds its backend, and what happens when that fails. */
final class BackendsTest {

  private static final Loopback PAGE = new Loopback("GET", "/page");

  private final InMemoryBackend application = backend("application");
  private final InMemoryBackend own = backend("own");
  private final Throttle api = Throttle.builder("api").rate("10/h").build();
  private final Page page = Page.saying("served");

  private static InMemoryBackend backend(String namespace) {
    return InMemoryBackend.builder(namespace).clock(() -> 0).build();
  }

  private static long remaining(Backend backend) {
    Throttle same = Throttle.builder("api").rate("10/h").backend(backend).build();
    return same.peek(PAGE).remaining();
  }

  @ParameterizedTest
  @EnumSource
  void l3_l5_theApplicationsBackendIsFoundAndNotClosed(ServletServer server) throws Exception {
    try (Site site =
        server.start(
            context -> {
              context.setAttribute(ServletView.BACKEND, application);
              ThrottleFilter.of(api).register(context, "/*");
              page.at(context, "/page");
            })) {
      assertThat(site.get("/page").statusCode()).isEqualTo(200);
    }
    assertThat(remaining(application)).isEqualTo(9);
  }

  @ParameterizedTest
  @EnumSource
  void l3_l5_theFiltersBackendComesBeforeTheApplicationsAndIsNotClosed(ServletServer server)
      throws Exception {
    try (Site site =
        server.start(
            context -> {
              context.setAttribute(ServletView.BACKEND, application);
              ThrottleFilter.of(api).backend(own).register(context, "/*");
              page.at(context, "/page");
            })) {
      assertThat(site.get("/page").statusCode()).isEqualTo(200);
    }
    assertThat(remaining(own)).isEqualTo(9);
    assertThat(remaining(application)).isEqualTo(10);
  }

  @ParameterizedTest
  @EnumSource
  void l6_theViewCarriesTheBackendToOtherThreads(ServletServer server) throws Exception {
    Page asking =
        new Page(
            (request, response) -> {
              AsyncContext async = request.startAsync();
              ServletView view = ServletView.of(request);
              new Thread(
                      () -> {
                        response.setStatus(api.hit(view).allowed() ? 202 : 500);
                        async.complete();
                      })
                  .start();
            });
    try (Site site =
        server.start(
            context -> {
              context.setAttribute(ServletView.BACKEND, application);
              asking.at(context, "/page");
            })) {
      assertThat(site.get("/page").statusCode()).isEqualTo(202);
      assertThat(remaining(application)).isEqualTo(9);
    }
  }

  @ParameterizedTest
  @EnumSource
  void l5_noBackendIsAnErrorOfTheServerThatTellsTheWayOut(ServletServer server) throws Exception {
    AtomicReference<Object> thrown = new AtomicReference<>();
    try (Site site =
        server.start(
            context -> {
              ThrottleFilter.of(api).register(context, "/*");
              page.at(context, "/page");
              new Page(
                      (request, response) ->
                          thrown.set(request.getAttribute(RequestDispatcher.ERROR_EXCEPTION)))
                  .at(context, ServletServer.ERROR_PAGE);
            })) {
      assertThat(site.get("/page").statusCode()).isEqualTo(500);
      assertThat(page.runs()).isZero();
    }
    assertThat(thrown.get())
        .asInstanceOf(InstanceOfAssertFactories.THROWABLE)
        .hasMessageContaining("No throttle backend configured for throttle \"api\": ")
        .hasMessageContaining("by ThrottleFilter.of(…).backend(…), or by the servlet context's")
        .hasMessageContaining("attribute io.traffik.Backend (ServletView.BACKEND)");
  }

  @ParameterizedTest
  @EnumSource
  void l5_aFilterWithoutBackendWarnsAtStartUnlessItMayComeLater(ServletServer server)
      throws Exception {
    ThrottleBuilder dynamic = Throttle.builder("dynamic").rate("1/h").dynamicBackend();
    Throttle own = Throttle.builder("own").rate("1/h").backend(this.own).build();
    List<String> warnings = new ArrayList<>();
    Handler listening = listening(warnings);
    FILTER_LOG.addHandler(listening);
    try {
      for (ThrottleFilter filter :
          List.of(
              ThrottleFilter.of(dynamic.build(), own), ThrottleFilter.of(api).backend(this.own))) {
        server.start(context -> filter.register(context, "/*")).close();
      }
      server
          .start(
              context -> {
                context.setAttribute(ServletView.BACKEND, application);
                ThrottleFilter.of(api).register(context, "/*");
              })
          .close();
      assertThat(warnings).isEmpty();
      server.start(context -> ThrottleFilter.of(own, api).register(context, "/*")).close();
    } finally {
      FILTER_LOG.removeHandler(listening);
    }
    assertThat(warnings).hasSize(1);
    assertThat(warnings.get(0))
        .startsWith("WARNING throttle \"api\" has no backend yet")
        .contains("ThrottleFilter.of(…).backend(…)")
        .contains("ServletView.BACKEND")
        .contains(".dynamicBackend()");
  }

  private static final Logger FILTER_LOG = Logger.getLogger(ThrottleFilter.class.getName());

  private static Handler listening(List<String> messages) {
    return new Handler() {
      @Override
      public void publish(LogRecord message) {
        messages.add(message.getLevel() + " " + message.getMessage());
      }

      @Override
      public void flush() {}

      @Override
      public void close() {}
    };
  }

  @ParameterizedTest
  @EnumSource
  void l5_aScopeAheadOfTheFilterBringsTheBackend(ServletServer server) throws Exception {
    try (Site site =
        server.start(
            context -> {
              FilterRegistration.Dynamic scoping =
                  context.addFilter(
                      "scoping",
                      (request, response, chain) -> {
                        BackendScope scope = own.enter();
                        try (scope) {
                          chain.doFilter(request, response);
                        }
                      });
              scoping.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, "/*");
              ThrottleFilter.of(api).register(context, "/*");
              page.at(context, "/page");
            })) {
      assertThat(site.get("/page").statusCode()).isEqualTo(200);
    }
    assertThat(remaining(own)).isEqualTo(9);
  }

  @ParameterizedTest
  @EnumSource
  void l5_anAttributeThatIsNoBackendIsRefused(ServletServer server) {
    assertThatThrownBy(
            () ->
                server
                    .start(
                        context -> {
                          context.setAttribute(ServletView.BACKEND, "memory");
                          ThrottleFilter.of(api).register(context, "/*");
                        })
                    .close())
        .hasStackTraceContaining(
            "servlet context attribute io.traffik.Backend must be a backend: java.lang.String");
  }

  @ParameterizedTest
  @EnumSource
  void l1_aBackendThatCannotWorkKeepsTheApplicationFromStarting(ServletServer server) {
    Failing broken = new Failing();
    for (ThrottleFilter filter :
        new ThrottleFilter[] {ThrottleFilter.of(api), ThrottleFilter.of(api).backend(broken)}) {
      assertThatThrownBy(
              () ->
                  server
                      .start(
                          context -> {
                            context.setAttribute(ServletView.BACKEND, broken);
                            filter.register(context, "/*");
                          })
                      .close())
          .hasStackTraceContaining("no such store");
    }
  }

  @ParameterizedTest
  @EnumSource
  void f1_thePolicyDecidesWhenTheBackendFails(ServletServer server) throws Exception {
    Failing failing = new Failing();
    failing.opens = true;
    try (Site site =
        server.start(
            context -> {
              context.setAttribute(ServletView.BACKEND, failing);
              for (FailurePolicy policy : FailurePolicy.values()) {
                Throttle throttle =
                    Throttle.builder(policy.name()).rate("10/h").onBackendFailure(policy).build();
                ThrottleFilter.of(throttle).register(context, "/" + policy);
                page.at(context, "/" + policy);
              }
              Page.saying("error page").at(context, ServletServer.ERROR_PAGE);
            })) {
      HttpResponse<String> allowed = site.get("/ALLOW");
      assertThat(allowed.body()).isEqualTo("served");
      assertThat(ReportedQuota.rateLimitHeaders(allowed)).isEmpty();

      HttpResponse<String> denied = site.get("/DENY");
      assertDenied(denied, "DENY");
      assertThat(ReportedQuota.rateLimitHeaders(denied)).isEmpty();

      assertThat(site.get("/THROW").statusCode()).isEqualTo(500);
      assertThat(page.runs()).isEqualTo(1);
      assertThat(failing.asked).hasValue(3);
    }
  }

  @ParameterizedTest
  @EnumSource
  void i4_thePolicyDecidesAboutClientsWithoutIdentity(ServletServer server) throws Exception {
    try (Site site =
        server.start(
            context -> {
              for (AnonymousPolicy policy : AnonymousPolicy.values()) {
                Throttle throttle =
                    Throttle.builder(policy.name())
                        .rate("10/h")
                        .identifier(view -> null)
                        .onAnonymous(policy)
                        .build();
                ThrottleFilter.of(throttle).backend(own).register(context, "/" + policy);
                page.at(context, "/" + policy);
              }
              Page.saying("error page").at(context, ServletServer.ERROR_PAGE);
            })) {
      assertThat(site.get("/THROW").statusCode()).isEqualTo(500);
      assertDenied(site.get("/DENY"), "DENY");
      assertThat(ReportedQuota.in(site.get("/SHARED")))
          .extracting(ReportedQuota::r)
          .containsExactly(9L);
      assertThat(ReportedQuota.rateLimitHeaders(site.get("/EXEMPT"))).isEmpty();
      assertThat(page.runs()).isEqualTo(2);
    }
  }

  private static final class Failing implements Backend {

    final AtomicInteger asked = new AtomicInteger();
    boolean opens;

    @Override
    public String namespace() {
      return "failing";
    }

    @Override
    public void open() {
      if (!opens) {
        throw new ConfigurationException("no such store: \"failing\"");
      }
    }

    @Override
    public long[] decide(
        Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
      asked.incrementAndGet();
      throw new BackendException("the store is away");
    }

    @Override
    public void reset() {}

    @Override
    public void close() {}
  }
}
