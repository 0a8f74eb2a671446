package io.traffik;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

final class ScopeTest {

  private static String defaultScope(ConnectionView view) {
    return ScopeNames.byDefault(view);
  }

  @Test
  void k2_methodAndRouteByDefault() {
    assertThat(defaultScope(TestView.GET))
        .isEqualTo("GET /a")
        .isNotEqualTo(defaultScope(TestView.GET.method("POST")));
    assertThat(defaultScope(TestView.GET.route("/b"))).isNotEqualTo(defaultScope(TestView.GET));
  }

  /** A client chooses its path, so that a path would give it as many buckets as it likes. */
  @Test
  void k2_connectionsWithoutARouteShareABucketWhateverTheirPath() {
    for (String path : new String[] {"/a", "/b", "/*", "*", ""}) {
      assertThat(defaultScope(pathOnly(ConnectionView.Kind.HTTP, path))).isEqualTo("GET *");
      assertThat(defaultScope(pathOnly(ConnectionView.Kind.HANDSHAKE, path)))
          .isEqualTo("WS 7:default *");
      assertThat(Scope.ROUTE.of(pathOnly(ConnectionView.Kind.HTTP, path))).isEqualTo("*");
    }
  }

  @Test
  void k2_pathsGiveBucketsOnlyIfTheUserAsksForThem() {
    for (ConnectionView.Kind kind : ConnectionView.Kind.values()) {
      assertThat(Scope.PATH.of(pathOnly(kind, "/a")))
          .isNotEqualTo(Scope.PATH.of(pathOnly(kind, "/b")))
          .endsWith("/a");
    }
    assertThat(Scope.PATH.of(TestView.GET.route("/{id}"))).isEqualTo("GET /a");
    assertThat(Scope.PATH.of(TestView.GET.method("POST"))).isEqualTo("POST /a");
    assertThat(Scope.PATH.of(TestView.GET.method("FOO")))
        .isEqualTo(Scope.PATH.of(TestView.GET.method("BAR")));
    assertThat(Scope.PATH.of(TestView.GET.message("chat"))).isEqualTo("WS 4:chat /a");
  }

  private static TestView pathOnly(ConnectionView.Kind kind, String path) {
    return new TestView(kind, "GET", null, path, "192.0.2.1", "default", null);
  }

  @Test
  void k2_unknownMethodsShareABucketAndHeadCountsAsGet() {
    assertThat(defaultScope(TestView.GET.method("FOO")))
        .isEqualTo(defaultScope(TestView.GET.method("get")))
        .isEqualTo(defaultScope(TestView.GET.method("")))
        .isNotEqualTo(defaultScope(TestView.GET));
    assertThat(defaultScope(TestView.GET.method("HEAD"))).isEqualTo(defaultScope(TestView.GET));
  }

  @Test
  void k2_webSocketsAreScopedByRouteAndContext() {
    assertThat(defaultScope(TestView.GET.message("chat")))
        .isNotEqualTo(defaultScope(TestView.GET.message("typing")))
        .isNotEqualTo(defaultScope(TestView.GET));
    assertThat(defaultScope(TestView.GET.message("chat /a").route("/b")))
        .isNotEqualTo(defaultScope(TestView.GET.message("chat").route("/a /b")));
    assertThat(defaultScope(TestView.GET.message("default"))).isEqualTo("WS 7:default /a");
    for (String context : new String[] {"default", "chat"}) {
      assertThat(defaultScope(TestView.GET.message(context).route("/b")))
          .isNotEqualTo(defaultScope(TestView.GET.message(context)));
    }
    assertThat(defaultScope(TestView.GET.handshake()))
        .isEqualTo(defaultScope(TestView.GET.message("default")));
  }

  @Test
  void k2_aViewWithoutMethodPathOrContextIsRejected() {
    TestView pathless =
        new TestView(ConnectionView.Kind.HTTP, "GET", null, null, "192.0.2.1", "default", null);
    rejects(ScopeNames::byDefault, TestView.GET.method(null), "method()");
    rejects(Scope.PATH, pathless, "path()");
    rejects(Scope.PATH, TestView.GET.method(null), "method()");
    rejects(Scope.PATH, TestView.GET.message(null), "context()");
    rejects(ScopeNames::byDefault, TestView.GET.message(null), "context()");
  }

  private static void rejects(Scope scope, ConnectionView view, String part) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> scope.of(view))
        .withMessage(part + " of a connection view must not return null: io.traffik.TestView");
  }

  @Test
  void k3_scopesPerRouteAndForAllRoutes() {
    assertThat(Scope.ALL_ROUTES.of(TestView.GET))
        .isEqualTo(Scope.ALL_ROUTES.of(TestView.GET.route("/b")));
    assertThat(Scope.ROUTE.of(TestView.GET.method("POST")))
        .isEqualTo(Scope.ROUTE.of(TestView.GET))
        .isNotEqualTo(Scope.ROUTE.of(TestView.GET.route("/b")));
  }

  @Test
  void k2_namesAreCorrectBeyondTheCacheSize() {
    for (int i = 0; i < 3_000; i++) {
      assertThat(defaultScope(TestView.GET.route("/cached/" + i))).isEqualTo("GET /cached/" + i);
    }
  }
}
