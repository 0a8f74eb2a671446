package io.traffik.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.javalin.Javalin;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The checks of {@code ./demo --once} and its command line. */
final class DemoTest {

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  private boolean passesChecks(Javalin server) throws Exception {
    String url = "http://127.0.0.1:" + server.port() + Demo.PATH;
    return new DemoClient(url, new PrintStream(printed, true, StandardCharsets.UTF_8)).run();
  }

  @Test
  void demo_passesItsChecks() throws Exception {
    Javalin server = Demo.server().start("127.0.0.1", 0);
    try {
      assertThat(passesChecks(server)).as("%s", printed).isTrue();
    } finally {
      server.stop();
    }
  }

  @Test
  void demo_detectsABrokenRule() throws Exception {
    Javalin unthrottled =
        Javalin.create(config -> config.routes.get(Demo.PATH, ctx -> ctx.result("hello")))
            .start("127.0.0.1", 0);
    try {
      assertThat(passesChecks(unthrottled)).isFalse();
      assertThat(printed.toString(StandardCharsets.UTF_8))
          .contains("FAILED: granted requests, expected 10 to ", "FAILED: Retry-After of a denial");
    } finally {
      unthrottled.stop();
    }
  }

  @Test
  void options_areAcceptedInAnyOrder() {
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
  void options_unknownOrInvalidOnesAreRejected() {
    assertRejected("Unknown argument: \"\"", "");
    assertRejected("Unknown argument: \"extra\"", "--once", "extra");
    assertRejected("Unknown argument: \"80\"", "--port", "80", "80");
    assertRejected("--port was given twice. Give it once.", "--port", "80", "--port", "80");
    assertRejected("Port is not a number from 0 to 65535: \"\"", "--port");
    assertRejected("Port is not a number from 0 to 65535: \"65536\"", "--port", "65536");
    assertRejected("Port is not a number from 0 to 65535: \"-1\"", "--port", "-1");
  }

  private static void assertRejected(String message, String... arguments) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DemoOptions.parse(arguments))
        .withMessage(message);
  }
}
