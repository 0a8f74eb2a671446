package io.traffik.examples;

import static io.traffik.examples.ExampleServer.get;
import static io.traffik.examples.ExampleServer.withJavalin;
import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Identity;
import io.traffik.ThrottleRegistry;
import io.traffik.tck.ManualClock;
import org.junit.jupiter.api.Test;

/** The examples of registries in docs/use-a-throttle.md. */
final class RegistryExamplesTest {

  @Test
  void l5_i6_theThrottlesOfARegistryShareItsSettings() throws Exception {
    ListenerExamples.HitCounter counter = new ListenerExamples.HitCounter();
    ThrottleRegistry throttles =
        RegistryExamples.create(
            new ManualClock().backend(), view -> Identity.of("customer:42"), counter);
    withJavalin(
        config -> {
          RegistryExamples.javalin(config, throttles);
          config.routes.get("/api/a", ctx -> ctx.result("ok"));
          config.routes.get("/news/a", ctx -> ctx.result("ok"));
        },
        port -> {
          assertThat(get(port, "/api/a").headers().firstValue("RateLimit-Policy"))
              .contains("\"api\";q=100;w=60");
          assertThat(get(port, "/news/a").headers().firstValue("RateLimit-Policy"))
              .contains("\"news\";q=10;w=1");
          assertThat(counter.allowed.sum()).isEqualTo(2);
          assertThat(throttles.get("api").client(Identity.of("customer:42")).peek())
              .containsOnlyKeys("GET /api/a");
        });
  }
}
