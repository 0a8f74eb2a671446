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

/** Tests of {@link JavalinView}. */
final class JavalinViewTest {

  /** A server that responds to every request with a property of its view. */
  private static JavalinTestServer server(
      Consumer<JavalinConfig> options, Function<ConnectionView, ?> property) {
    return new JavalinTestServer(
        config -> {
          options.accept(config);
          config.routes.get(
              "/x/<rest>", ctx -> ctx.result(String.valueOf(property.apply(JavalinView.of(ctx)))));
          config.routes.exception(
              NotFoundResponse.class,
              (thrown, ctx) -> ctx.result(String.valueOf(property.apply(JavalinView.of(ctx)))));
        });
  }

  private static JavalinTestServer server(Function<ConnectionView, ?> property) {
    return server(config -> {}, property);
  }

  private static String get(JavalinTestServer server, String target, String... headers)
      throws Exception {
    String lines = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
    String request =
        "GET " + target + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + lines + "\r\n";
    String response = server.raw(1, request.getBytes(StandardCharsets.ISO_8859_1));
    return response.substring(response.indexOf("\r\n\r\n") + 4);
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
    try (JavalinTestServer server = server(ConnectionView::path)) {
      assertThat(get(server, target)).isEqualTo(path);
    }
  }

  @Test
  void k2_thePathBeginsWithTheDecodedContextPath() throws Exception {
    try (JavalinTestServer server =
        server(config -> config.router.contextPath = "/shop", ConnectionView::path)) {
      assertThat(get(server, "/shop/x/a")).isEqualTo("/shop/x/a");
      assertThat(get(server, "/%73hop/x/a")).isEqualTo("/shop/x/a");
    }
    try (JavalinTestServer server =
        server(config -> config.router.contextPath = "/shop", ConnectionView::route)) {
      assertThat(get(server, "/shop/x/a")).isEqualTo("/shop/x/<rest>");
    }
  }

  @Test
  void k2_theRouteIsNullOutsideAnyHandler() throws Exception {
    try (JavalinTestServer server = server(ConnectionView::route)) {
      assertThat(get(server, "/x/a")).isEqualTo("/x/<rest>");
      assertThat(get(server, "/nowhere")).isEqualTo("null");
    }
  }

  @Test
  void i1_theRemoteAddressIsTheSocketsAddressDespiteOverrides() throws Exception {
    String forged = "192.0.2.7";
    try (JavalinTestServer server =
        server(
            config -> {
              config.contextResolver.ip = ctx -> forged;
              config.jetty.modifyServletContextHandler(
                  handler ->
                      handler.addFilter(
                          new FilterHolder(
                              (request, response, chain) ->
                                  chain.doFilter(
                                      new HttpServletRequestWrapper((HttpServletRequest) request) {
                                        @Override
                                        public String getRemoteAddr() {
                                          return forged;
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
      assertThat(get(server, "/x/a", "X-Forwarded-For: " + forged, "Forwarded: for=" + forged))
          .isEqualTo("127.0.0.1 " + forged + " " + forged);
    }
  }

  @Test
  void headers_returnsAllLinesInAnyCase() throws Exception {
    try (JavalinTestServer server =
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
  void unwrap_returnsTheFrameworksObjects_andBackendThePluginsBackend() throws Exception {
    InMemoryBackend backend = TestBackends.inMemory();
    try (JavalinTestServer server =
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
    try (JavalinTestServer server = server(ConnectionView::backend)) {
      assertThat(get(server, "/x/a")).isEqualTo("null");
    }
  }
}
