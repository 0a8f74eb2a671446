package io.traffik.examples;

import static io.traffik.examples.ExampleServer.get;
import static io.traffik.examples.ExampleServer.withJavalin;
import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.ConnectionView;
import io.traffik.Identity;
import io.traffik.Throttle;
import io.traffik.ThrottleRegistry;
import io.traffik.javalin.TraffikPlugin;
import io.traffik.tck.ManualClock;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

/** The examples of docs/try-a-limit.md (rule T11). */
final class ShadowExamplesTest {

  private static final ConnectionView CLIENT = ConnectionView.of(Identity.of("customer:42"));

  private final ThrottleRegistry throttles = ThrottleRegistry.of(new ManualClock().backend());
  private final ShadowExamples.TrialReport report = new ShadowExamples.TrialReport();

  @Test
  void t11_aThrottleInShadowReportsAndLetsPass() {
    Throttle search = ShadowExamples.inShadow(throttles, report);
    for (int i = 0; i < 13; i++) {
      assertThat(search.enforce(CLIENT).allowed()).isTrue();
    }
    assertThat(report.wouldDeny.get("search").sum()).isEqualTo(3);
  }

  @Test
  void t11_aCandidateIsInvisibleToClients() throws Exception {
    withJavalin(
        config -> {
          config.registerPlugin(new TraffikPlugin(throttles));
          ShadowExamples.candidate(config, throttles, report);
          config.routes.get("/search", ctx -> ctx.result("found"));
        },
        port -> {
          for (int i = 0; i < 12; i++) {
            HttpResponse<String> response = get(port, "/search");
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().allValues("RateLimit-Policy"))
                .containsExactly("\"search\";q=100;w=60");
          }
          assertThat(report.wouldDeny.get("search-candidate").sum()).isEqualTo(2);
        });
  }

  @Test
  void t11_switchesAndTheListOfThrottles() {
    throttles.throttle("news").rate("5/s").build();
    Throttle search = ShadowExamples.inShadow(throttles, report);
    assertThat(ShadowExamples.list(throttles))
        .containsExactly("news [5/s] on", "search [10/min] in shadow");
    ShadowExamples.switches(throttles);
    assertThat(ShadowExamples.list(throttles))
        .containsExactly("news [5/s] off", "search [10/min] off");
    assertThat(search.hit(CLIENT).exempt()).isTrue();
    throttles.setEnabled(true);
    assertThat(ShadowExamples.list(throttles))
        .containsExactly("news [5/s] in shadow", "search [10/min] off");
  }
}
