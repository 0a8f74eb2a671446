package io.traffik.examples;

import static io.traffik.javalin.Throttling.throttled;
import static io.traffik.javalin.Throttling.throttledMessages;

import io.javalin.Javalin;
import io.javalin.http.Context;
import io.javalin.util.JavalinBindException;
import io.javalin.util.JavalinLogger;
import io.javalin.websocket.WsContext;
import io.traffik.Backend;
import io.traffik.ConnectionView;
import io.traffik.Identifier;
import io.traffik.Identity;
import io.traffik.Rate;
import io.traffik.Scope;
import io.traffik.Throttle;
import io.traffik.javalin.TraffikPlugin;
import io.traffik.memory.InMemoryBackend;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A throttled demo server. {@code ./demo} starts it; {@code ./demo --once} starts it on a free
 * port, sends requests and checks the responses.
 */
public final class Demo {

  static final Rate RATE = Rate.of(10, Duration.ofSeconds(10));
  static final String PATH = "/hello";
  static final Set<String> NAMES = Set.of("alice", "bob");

  private static final int CHECK_FAILED = 1;
  private static final int USAGE_ERROR = 2;

  private Demo() {}

  /**
   * Starts the demo. Exits with 1 if a check failed, with 2 if it could not start.
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
      System.exit(USAGE_ERROR);
      return;
    }
    if (options.help()) {
      System.out.print(DemoOptions.usage());
    } else if (options.once()) {
      check(options.port());
    } else {
      serve(options.port());
    }
  }

  private static void serve(int port) {
    String url = "http://127.0.0.1:" + start(port).port() + "/";
    System.out.printf(
        """
        Listening on %1$s. Each client may send 10 requests in 10 seconds.
        Watch a bucket in a browser at %2$s, or try:

          curl -i %1$s
          for i in $(seq 15); do curl -s -o /dev/null -w '%%{http_code}\\n' %1$s; done
          curl -s -D - '%1$s?again' | grep -iE '^(HTTP|ratelimit|retry-after)'

        Ctrl-C stops it.
        """,
        url + PATH.substring(1), url);
  }

  private static void check(int port) throws Exception {
    Javalin server = start(port);
    boolean passed;
    try {
      passed = new DemoClient("http://127.0.0.1:" + server.port() + PATH, System.out).run();
    } finally {
      server.stop();
    }
    System.exit(passed ? 0 : CHECK_FAILED);
  }

  private static Javalin start(int port) {
    // Javalin would log an occupied port as well.
    JavalinLogger.enabled = false;
    try {
      return server().start("127.0.0.1", port);
    } catch (JavalinBindException e) {
      System.err.println(
          "Cannot listen on port " + port + ". Choose a free one by ./demo --port 0.");
      System.exit(USAGE_ERROR);
      throw e;
    } finally {
      JavalinLogger.enabled = true;
    }
  }

  static Javalin server() {
    return server(InMemoryBackend.create("demo"));
  }

  static Javalin server(Backend backend) {
    BucketFeed feed = new BucketFeed();
    // The requests and messages of a client share one bucket.
    Throttle hello =
        Throttle.builder("hello")
            .rate(RATE)
            .identifier(((Identifier) Demo::namedClient).or(Identifier.remoteAddress()))
            .scope(Scope.ALL_ROUTES)
            .listener(feed)
            .build();
    return Javalin.create(
        config -> {
          config.startup.showJavalinBanner = false;
          config.registerPlugin(new TraffikPlugin(backend));
          config.events.serverStarted(feed::start);
          config.events.serverStopping(feed::stop);
          config.routes.get(PATH, throttled(hello, ctx -> ctx.result("Hello!\n")));
          config.routes.ws(
              "/socket",
              throttledMessages(
                  hello,
                  ws -> {
                    ws.onConnect(ctx -> feed.subscribe(ctx, hello));
                    ws.onMessage(ctx -> ctx.send("{\"status\":\"ok\",\"detail\":\"Hello!\"}"));
                    ws.onClose(feed::unsubscribe);
                  }));
          config.routes.get("/", ctx -> file(ctx, "index.html"));
          config.routes.get("/style.css", ctx -> file(ctx, "style.css"));
          config.routes.get("/script.js", ctx -> file(ctx, "script.js"));
        });
  }

  /**
   * Names the two clients of the page, which share an address. A real server must not trust this.
   */
  private static @Nullable Identity namedClient(ConnectionView view) {
    Context request = view.unwrap(Context.class);
    WsContext socket = view.unwrap(WsContext.class);
    String name =
        request != null
            ? request.queryParam("client")
            : socket != null ? socket.queryParam("client") : null;
    return NAMES.contains(String.valueOf(name))
        ? Identity.of(view.remoteAddress() + " " + name)
        : null;
  }

  private static void file(Context ctx, String file) throws IOException {
    try (InputStream content = Demo.class.getResourceAsStream("page/" + file)) {
      ctx.contentType(
          file.endsWith(".html")
              ? "text/html; charset=utf-8"
              : file.endsWith(".css") ? "text/css" : "text/javascript");
      ctx.result(Objects.requireNonNull(content).readAllBytes());
    }
  }
}
