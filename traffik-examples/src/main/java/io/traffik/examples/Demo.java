package io.traffik.examples;

import static io.traffik.javalin.Throttling.throttled;

import io.javalin.Javalin;
import io.javalin.util.JavalinBindException;
import io.traffik.Rate;
import io.traffik.Throttle;
import io.traffik.javalin.TraffikPlugin;
import io.traffik.memory.InMemoryBackend;
import java.time.Duration;

/**
 * A throttled server to try: {@code ./demo} starts it, {@code ./demo --once} starts it on a free
 * port, sends it requests and checks every answer against the rules.
 */
public final class Demo {

  static final Rate RATE = Rate.of(10, Duration.ofSeconds(10));
  static final String PATH = "/hello";

  private static final int DEFAULT_PORT = 8080;
  private static final String USAGE = "usage: ./demo [--port N] | --once";

  private Demo() {}

  /**
   * Starts the demo.
   *
   * @param arguments {@code --port N}, {@code --once} or none
   */
  public static void main(String[] arguments) throws Exception {
    switch (arguments.length == 0 ? "" : arguments[0]) {
      case "" -> serve(DEFAULT_PORT);
      case "--port" -> serve(port(arguments));
      case "--once" -> once();
      default -> fail("unknown argument " + arguments[0] + "; " + USAGE);
    }
  }

  private static int port(String[] arguments) {
    String text = arguments.length == 2 ? arguments[1] : "";
    if (!text.matches("\\d{1,5}") || Integer.parseInt(text) > 65_535) {
      fail("--port must be followed by a number from 0 to 65535: \"" + text + "\"");
    }
    return Integer.parseInt(text);
  }

  private static void serve(int port) {
    Javalin server = server();
    try {
      server.start("127.0.0.1", port);
    } catch (JavalinBindException e) {
      fail("port " + port + " is taken; choose another: ./demo --port " + (port + 1));
    }
    String url = "http://127.0.0.1:" + server.port() + PATH;
    System.out.printf(
        """
        Listening on %1$s, which lets each client have 10 requests in 10 seconds. Try:

          curl -i %1$s
          for i in $(seq 15); do curl -s -o /dev/null -w '%%{http_code}\\n' %1$s; done
          curl -s -D - %1$s?again | grep -iE '^(HTTP|ratelimit|retry-after)'

        Ctrl-C stops it.
        """,
        url);
  }

  private static void once() throws Exception {
    Javalin server = server().start("127.0.0.1", 0);
    boolean kept;
    try {
      kept = new DemoClient("http://127.0.0.1:" + server.port() + PATH).run();
    } finally {
      server.stop();
    }
    System.exit(kept ? 0 : 1);
  }

  static Javalin server() {
    Throttle hello = Throttle.of("hello").rate(RATE).build();
    return Javalin.create(
        config -> {
          config.startup.showJavalinBanner = false;
          config.registerPlugin(new TraffikPlugin(InMemoryBackend.create("demo")));
          config.routes.get(PATH, throttled(hello, ctx -> ctx.result("Hello!\n")));
        });
  }

  private static void fail(String message) {
    System.err.println(message);
    System.exit(2);
  }
}
