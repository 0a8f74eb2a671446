package io.traffik.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.javalin.Javalin;
import org.junit.jupiter.api.Test;

/** What {@code ./demo --once} checks, and the README's first example. */
final class DemoTest {

  @Test
  void demoKeepsTheRules() throws Exception {
    Javalin server = Demo.server().start("127.0.0.1", 0);
    try {
      assertThat(new DemoClient("http://127.0.0.1:" + server.port() + Demo.PATH).run()).isTrue();
    } finally {
      server.stop();
    }
  }

  @Test
  void demoSeesABrokenRule() throws Exception {
    Javalin unthrottled =
        Javalin.create(config -> config.routes.get(Demo.PATH, ctx -> ctx.result("hello")))
            .start("127.0.0.1", 0);
    try {
      assertThat(new DemoClient("http://127.0.0.1:" + unthrottled.port() + Demo.PATH).run())
          .isFalse();
    } finally {
      unthrottled.stop();
    }
  }
}
