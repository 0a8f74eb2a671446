package io.traffik.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.ConnectionView;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The properties of a request's view. */
final class ServletViewTest {

  private interface Check {
    void accept(HttpServletRequest request);
  }

  /** Runs a check inside a servlet, on the container's own request. */
  private static void checkRequest(
      ServletServer server, String mapping, String target, Check check, String... headers)
      throws Exception {
    AtomicReference<Throwable> failure =
        new AtomicReference<>(new AssertionError("The servlet did not run"));
    CountingServlet page =
        new CountingServlet(
            (request, response) -> {
              try {
                check.accept(request);
                failure.set(null);
              } catch (AssertionError e) {
                failure.set(e);
              }
            });
    try (TestApplication app = server.start("/app", context -> page.map(context, mapping))) {
      app.raw("GET", target, headers);
    }
    assertThat(failure.get()).isNull();
  }

  private static void assertRoute(
      ServletServer server, String mapping, String target, String route, String path)
      throws Exception {
    checkRequest(
        server,
        mapping,
        target,
        request -> {
          ServletView view = ServletView.of(request);
          assertThat(view.route()).isEqualTo(route);
          assertThat(view.path()).isEqualTo(path);
          assertThat(view).hasToString("GET " + path);
        });
  }

  @ParameterizedTest
  @EnumSource
  void k2_theRouteIsTheMapping(ServletServer server) throws Exception {
    assertRoute(server, "/report", "/repor%74;x", "/app/report", "/app/report");
    assertRoute(server, "/api/*", "/api/%78/", "/app/api/*", "/app/api/x");
    assertRoute(server, "*.do", "/a%20b.do", "/app/*.do", "/app/a b.do");
    assertRoute(server, "/", "/a/%C3%A9", "/app/", "/app/a/\u00e9");
    assertRoute(server, "/*", "/a/b/", "/app/*", "/app/a/b");
    assertRoute(server, "", "/", "/app", "/app");
  }

  @ParameterizedTest
  @EnumSource
  void k2_theViewHasTheMethodAndKindOfTheRequest(ServletServer server) throws Exception {
    checkRequest(
        server,
        "/page",
        "/page?query",
        request -> {
          ServletView view = ServletView.of(request);
          assertThat(view.kind()).isEqualTo(ConnectionView.Kind.HTTP);
          assertThat(view.method()).isEqualTo("GET");
          assertThat(view.backend()).isNull();
        });
  }

  /** A container may change the paths of a request for an asynchronous dispatch. */
  @ParameterizedTest
  @EnumSource
  void k2_thePathIsThatOfTheDispatchInWhichTheViewWasCreated(ServletServer server)
      throws Exception {
    checkRequest(
        server,
        "/",
        "/first",
        request -> {
          DispatchedRequest dispatched = new DispatchedRequest(request);
          ServletView view = ServletView.of(dispatched);
          dispatched.servletPath = "/second";
          assertThat(view.path()).isEqualTo("/app/first");
          assertThat(ServletView.of(dispatched).path()).isEqualTo("/app/second");
        });
  }

  private static final class DispatchedRequest extends HttpServletRequestWrapper {

    String servletPath;

    DispatchedRequest(HttpServletRequest request) {
      super(request);
      this.servletPath = request.getServletPath();
    }

    @Override
    public String getServletPath() {
      return servletPath;
    }
  }

  @ParameterizedTest
  @EnumSource
  void headersAreReadLineByLineInAnyCase(ServletServer server) throws Exception {
    checkRequest(
        server,
        "/page",
        "/page",
        request -> {
          ServletView view = ServletView.of(request);
          assertThat(view.headers("X-FORWARDED-for")).containsExactly("192.0.2.1", "192.0.2.2, b");
          assertThat(view.header("x-forwarded-FOR")).isEqualTo("192.0.2.1");
          assertThat(view.headers("X-Absent")).isEmpty();
          assertThat(view.header("X-Absent")).isNull();
        },
        "X-Forwarded-For: 192.0.2.1\r\n",
        "x-forwarded-for: 192.0.2.2, b\r\n");
  }

  @ParameterizedTest
  @EnumSource
  void i1_theRemoteAddressIsTheContainersDespiteWrappers(ServletServer server) throws Exception {
    checkRequest(
        server,
        "/page",
        "/page",
        request -> {
          SpoofedAddress wrapper = new SpoofedAddress(new HttpServletRequestWrapper(request));
          ServletView view = ServletView.of(wrapper);
          assertThat(view.remoteAddress()).isEqualTo("127.0.0.1");
          assertThat(view.unwrap(HttpServletRequest.class)).isSameAs(wrapper);
          assertThat(view.unwrap(SpoofedAddress.class)).isSameAs(wrapper);
          assertThat(view.unwrap(request.getClass())).isSameAs(request);
          assertThat(view.unwrap(String.class)).isNull();
        });
  }

  private static final class SpoofedAddress extends HttpServletRequestWrapper {

    SpoofedAddress(HttpServletRequest request) {
      super(request);
    }

    @Override
    public String getRemoteAddr() {
      return "192.0.2.1";
    }
  }
}
