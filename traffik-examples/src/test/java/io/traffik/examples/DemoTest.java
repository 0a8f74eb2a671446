package io.traffik.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.javalin.Javalin;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What {@code ./demo --once} checks, and how it may be called. */
final class DemoTest {

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  private boolean keepsTheRules(Javalin server) throws Exception {
    String url = "http://127.0.0.1:" + server.port() + Demo.PATH;
    return new DemoClient(url, new PrintStream(printed, true, StandardCharsets.UTF_8)).run();
  }

  @Test
  void demoKeepsTheRules() throws Exception {
    Javalin server = Demo.server().start("127.0.0.1", 0);
    try {
      assertThat(keepsTheRules(server)).as("%s", printed).isTrue();
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
      assertThat(keepsTheRules(unthrottled)).isFalse();
      assertThat(printed.toString(StandardCharsets.UTF_8))
          .contains("BROKEN: from 10 to ", "BROKEN: a denial must say Retry-After");
    } finally {
      unthrottled.stop();
    }
  }

  @Test
  void argumentsMayStandInAnyOrder() {
    assertThat(DemoOptions.parse()).isEqualTo(new DemoOptions(false, false, 8080));
    assertThat(DemoOptions.parse("--once")).isEqualTo(new DemoOptions(false, true, 0));
    assertThat(DemoOptions.parse("--once", "--port", "9000"))
        .isEqualTo(DemoOptions.parse("--port", "9000", "--once"))
        .isEqualTo(new DemoOptions(false, true, 9000));
    assertThat(DemoOptions.parse("--port", "65535").port()).isEqualTo(65_535);
    assertThat(DemoOptions.parse("--port", "0").port()).isZero();
    assertThat(DemoOptions.parse("--help").help()).isTrue();
  }

  @Test
  void whatTheDemoDoesNotKnowIsRefused() {
    refuses("unknown argument: \"\"", "");
    refuses("unknown argument: \"extra\"", "--once", "extra");
    refuses("unknown argument: \"80\"", "--port", "80", "80");
    refuses("--port must be given once", "--port", "80", "--port", "80");
    refuses("--port must be followed by a number from 0 to 65535: \"\"", "--port");
    refuses("--port must be followed by a number from 0 to 65535: \"65536\"", "--port", "65536");
    refuses("--port must be followed by a number from 0 to 65535: \"-1\"", "--port", "-1");
  }

  private static void refuses(String message, String... arguments) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DemoOptions.parse(arguments))
        .withMessage(message);
  }
}
