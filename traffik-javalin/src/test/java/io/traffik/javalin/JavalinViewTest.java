package io.traffik.javalin;

import static org.assertj.core.api.Assertions.assertThat;

import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.NotFoundResponse;
import io.traffik.ConnectionView;
import io.traffik.ConnectionView.Kind;
import io.traffik.memory.InMemoryBackend;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.function.Function;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a throttle sees of a request. */
final class JavalinViewTest {

  /** A server that answers any request with something of its view. */
  private static Server server(Consumer<JavalinConfig> options, Function<ConnectionView, ?> seen) {
    return new Server(
        config -> {
          options.accept(config);
          config.routes.get(
              "/x/<rest>", ctx -> ctx.result(String.valueOf(seen.apply(JavalinView.of(ctx)))));
          config.routes.exception(
              NotFoundResponse.class,
              (thrown, ctx) -> ctx.result(String.valueOf(seen.apply(JavalinView.of(ctx)))));
        });
  }

  private static Server server(Function<ConnectionView, ?> seen) {
    return server(config -> {}, seen);
  }

  private static String get(Server server, String target, String... headers) throws Exception {
    String lines = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
    String request =
        "GET " + target + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + lines + "\r\n";
    String answer = server.raw(1, request.getBytes(StandardCharsets.ISO_8859_1));
    return answer.substring(answer.indexOf("\r\n\r\n") + 4);
  }

  @ParameterizedTest
  @CsvSource({
    "/x/a, /x/a",
    "/x/a?b=c, /x/a",
    "/x/%61, /x/a",
    "/x;v=1/a;b=c;d, /x/a",
    "/x/a%2Fb, /x/a/b",
    "/x/a%3Bb, /x/a;b",
    "/x/a//b/, /x/a/b",
    "/x/%2561, /x/%61",
    "/nowhere/%61, /nowhere/a"
  })
  void k2_thePathIsDecodedWithoutQueryAndParameters(String target, String path) throws Exception {
    try (Server server = server(ConnectionView::path)) {
      assertThat(get(server, target)).isEqualTo(path);
    }
  }

  @Test
  void k2_theContextPathLeadsThePathInOneSpelling() throws Exception {
    try (Server server =
        server(config -> config.router.contextPath = "/shop", ConnectionView::path)) {
      assertThat(get(server, "/shop/x/a")).isEqualTo("/shop/x/a");
      assertThat(get(server, "/%73hop/x/a")).isEqualTo("/shop/x/a");
    }
    try (Server server =
        server(config -> config.router.contextPath = "/shop", ConnectionView::route)) {
      assertThat(get(server, "/shop/x/a")).isEqualTo("/shop/x/<rest>");
    }
  }

  @Test
  void k2_outsideAnyHandlerTheRouteIsUnknown() throws Exception {
    try (Server server = server(ConnectionView::route)) {
      assertThat(get(server, "/x/a")).isEqualTo("/x/<rest>");
      assertThat(get(server, "/nowhere")).isEqualTo("null");
    }
  }

  @Test
  void i1_thePeerIsTheSocketsWhateverTheApplicationMakesOfIt() throws Exception {
    String lie = "192.0.2.7";
    try (Server server =
        server(
            config -> {
              config.contextResolver.ip = ctx -> lie;
              config.jetty.modifyServletContextHandler(
                  handler ->
                      handler.addFilter(
                          new FilterHolder(
                              (request, response, chain) ->
                                  chain.doFilter(
                                      new HttpServletRequestWrapper((HttpServletRequest) request) {
                                        @Override
                                        public String getRemoteAddr() {
                                          return lie;
                                        }
                                      },
                                      response)),
                          "/*",
                          null));
            },
            view -> {
              Context ctx = view.unwrap(Context.class);
              return view.remoteAddress() + " " + ctx.ip() + " " + ctx.req().getRemoteAddr();
            })) {
      assertThat(get(server, "/x/a", "X-Forwarded-For: " + lie, "Forwarded: for=" + lie))
          .isEqualTo("127.0.0.1 " + lie + " " + lie);
    }
  }

  @Test
  void headersAreAllLinesInAnyCase() throws Exception {
    try (Server server =
        server(
            view ->
                view.headers("x-FOO")
                    + " "
                    + view.header("X-foo")
                    + " "
                    + view.headers("none")
                    + " "
                    + view.header("none"))) {
      assertThat(get(server, "/x/a", "X-Foo: 1", "x-foo: 2, 3")).isEqualTo("[1, 2, 3] 1 [] null");
    }
  }

  @Test
  void itGivesTheFrameworksObjectsAndTheBackend() throws Exception {
    InMemoryBackend backend = Backends.frozen();
    try (Server server =
        server(
            config -> config.registerPlugin(new TraffikPlugin(backend)),
            view ->
                view.kind() == Kind.HTTP
                    && view.method().equals("GET")
                    && view.backend() == backend
                    && view.unwrap(Context.class) != null
                    && view.unwrap(HttpServletRequest.class) != null
                    && view.unwrap(String.class) == null)) {
      assertThat(get(server, "/x/a")).isEqualTo("true");
    }
    try (Server server = server(ConnectionView::backend)) {
      assertThat(get(server, "/x/a")).isEqualTo("null");
    }
  }
}
