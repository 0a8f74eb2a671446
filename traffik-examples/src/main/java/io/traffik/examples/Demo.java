package io.traffik.examples;

import static io.traffik.javalin.Throttling.throttled;

import io.javalin.Javalin;
import io.javalin.util.JavalinBindException;
import io.javalin.util.JavalinLogger;
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

  private static final int BROKEN = 1;
  private static final int MISUSED = 2;

  private Demo() {}

  /**
   * Starts the demo. Exits with 1 if an answer broke a rule, with 2 if it could not start.
   *
   * @param arguments see {@link DemoOptions}
   */
  public static void main(String[] arguments) throws Exception {
    DemoOptions options;
    try {
      options = DemoOptions.parse(arguments);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.print(DemoOptions.usage());
      System.exit(MISUSED);
      return;
    }
    if (options.help()) {
      System.out.print(DemoOptions.usage());
    } else if (options.once()) {
      once(options.port());
    } else {
      serve(options.port());
    }
  }

  private static void serve(int port) {
    String url = "http://127.0.0.1:" + started(port).port() + PATH;
    System.out.printf(
        """
        Listening on %1$s, which lets each client have 10 requests in 10 seconds. Try:

          curl -i %1$s
          for i in $(seq 15); do curl -s -o /dev/null -w '%%{http_code}\\n' %1$s; done
          curl -s -D - '%1$s?again' | grep -iE '^(HTTP|ratelimit|retry-after)'

        Ctrl-C stops it.
        """,
        url);
  }

  private static void once(int port) throws Exception {
    Javalin server = started(port);
    boolean kept;
    try {
      kept = new DemoClient("http://127.0.0.1:" + server.port() + PATH, System.out).run();
    } finally {
      server.stop();
    }
    System.exit(kept ? 0 : BROKEN);
  }

  private static Javalin started(int port) {
    // It would report a taken port beside the line below.
    JavalinLogger.enabled = false;
    try {
      return server().start("127.0.0.1", port);
    } catch (JavalinBindException e) {
      System.err.println(
          "port " + port + " is taken or not allowed; ./demo --port 0 takes a free one");
      System.exit(MISUSED);
      throw e;
    } finally {
      JavalinLogger.enabled = true;
    }
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
}
