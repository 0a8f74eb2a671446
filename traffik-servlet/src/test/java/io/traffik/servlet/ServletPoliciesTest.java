package io.traffik.servlet;

import static io.traffik.servlet.ResponseQuota.assertDenied;
import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.AnonymousPolicy;
import io.traffik.FailurePolicy;
import io.traffik.Throttle;
import io.traffik.memory.InMemoryBackend;
import java.net.http.HttpResponse;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The policies for failing backends and for clients without identity. */
final class ServletPoliciesTest {

  private final InMemoryBackend backend =
      InMemoryBackend.builder("policies").clock(() -> 0).build();
  private final CountingServlet page = CountingServlet.responding("served");

  @ParameterizedTest
  @EnumSource
  void f1_theFailurePolicyDecidesWhenTheBackendFails(ServletServer server) throws Exception {
    FailingBackend failing = new FailingBackend();
    failing.opens = true;
    try (TestApplication app =
        server.start(
            context -> {
              context.setAttribute(ServletView.BACKEND, failing);
              for (FailurePolicy policy : FailurePolicy.values()) {
                Throttle throttle =
                    Throttle.builder(policy.name()).rate("10/h").onBackendFailure(policy).build();
                ThrottleFilter.of(throttle).register(context, "/" + policy);
                page.map(context, "/" + policy);
              }
              CountingServlet.responding("error page").map(context, ServletServer.ERROR_PAGE);
            })) {
      HttpResponse<String> allowed = app.get("/ALLOW");
      assertThat(allowed.body()).isEqualTo("served");
      assertThat(ResponseQuota.rateLimitHeaders(allowed)).isEmpty();

      HttpResponse<String> denied = app.get("/DENY");
      assertThat(denied.statusCode()).isEqualTo(503);
      assertThat(denied.headers().firstValue("Retry-After")).hasValue("1");
      assertThat(denied.body()).contains("#temporary-reduced-capacity");
      assertThat(ResponseQuota.rateLimitHeaders(denied)).containsExactly("retry-after");

      HttpResponse<String> undecided = app.get("/THROW");
      assertThat(undecided.statusCode()).isEqualTo(503);
      assertThat(undecided.headers().firstValue("Retry-After")).hasValue("1");
      assertThat(undecided.body()).contains("#temporary-reduced-capacity");
      assertThat(page.requests()).isEqualTo(1);
      assertThat(failing.calls).hasValue(3);
    }
  }

  @ParameterizedTest
  @EnumSource
  void i4_theAnonymousPolicyDecidesAboutClientsWithoutIdentity(ServletServer server)
      throws Exception {
    try (TestApplication app =
        server.start(
            context -> {
              for (AnonymousPolicy policy : AnonymousPolicy.values()) {
                Throttle throttle =
                    Throttle.builder(policy.name())
                        .rate("10/h")
                        .identifier(view -> null)
                        .onAnonymous(policy)
                        .build();
                ThrottleFilter.of(throttle).backend(backend).register(context, "/" + policy);
                page.map(context, "/" + policy);
              }
              CountingServlet.responding("error page").map(context, ServletServer.ERROR_PAGE);
            })) {
      assertThat(app.get("/THROW").statusCode()).isEqualTo(500);
      assertDenied(app.get("/DENY"), "DENY");
      assertThat(ResponseQuota.of(app.get("/SHARED")))
          .extracting(ResponseQuota::r)
          .containsExactly(9L);
      assertThat(ResponseQuota.rateLimitHeaders(app.get("/EXEMPT"))).isEmpty();
      assertThat(page.requests()).isEqualTo(2);
    }
  }
}
