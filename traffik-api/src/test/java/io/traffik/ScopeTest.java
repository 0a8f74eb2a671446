package io.traffik;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

final class ScopeTest {

  private static String byDefault(ConnectionView view) {
    return ScopeNames.byKind(view);
  }

  @Test
  void k2_methodAndRouteByDefault() {
    assertThat(byDefault(TestView.GET))
        .isEqualTo("GET /a")
        .isNotEqualTo(byDefault(TestView.GET.method("POST")));
    assertThat(byDefault(TestView.GET.route("/b"))).isNotEqualTo(byDefault(TestView.GET));
    assertThat(byDefault(TestView.GET.route(null))).isEqualTo("GET /a");
  }

  @Test
  void k2_unknownMethodsAreOneAndHeadIsGet() {
    assertThat(byDefault(TestView.GET.method("FOO")))
        .isEqualTo(byDefault(TestView.GET.method("get")))
        .isEqualTo(byDefault(TestView.GET.method("")))
        .isNotEqualTo(byDefault(TestView.GET));
    assertThat(byDefault(TestView.GET.method("HEAD"))).isEqualTo(byDefault(TestView.GET));
  }

  @Test
  void k2_webSocketsAreByRouteAndContext() {
    assertThat(byDefault(TestView.GET.message("chat")))
        .isNotEqualTo(byDefault(TestView.GET.message("typing")))
        .isNotEqualTo(byDefault(TestView.GET));
    assertThat(byDefault(TestView.GET.message("chat /a").route("/b")))
        .isNotEqualTo(byDefault(TestView.GET.message("chat").route("/a /b")));
    assertThat(byDefault(TestView.GET.message("default"))).isEqualTo("WS 7:default /a");
    for (String context : new String[] {"default", "chat"}) {
      assertThat(byDefault(TestView.GET.message(context).route("/b")))
          .isNotEqualTo(byDefault(TestView.GET.message(context)));
    }
    assertThat(byDefault(TestView.GET.handshake()))
        .isEqualTo(byDefault(TestView.GET.message("default")));
  }

  @Test
  void k2_aViewWithoutMethodPathOrContextIsRefusedAndGetsNoBucketOfThatName() {
    TestView pathless =
        new TestView(ConnectionView.Kind.HTTP, "GET", null, null, "192.0.2.1", "default", null);
    refuses(ScopeNames::byKind, TestView.GET.method(null), "method()");
    refuses(ScopeNames::byKind, pathless, "path()");
    refuses(Scope.ROUTE, pathless, "path()");
    refuses(ScopeNames::byKind, TestView.GET.message(null), "context()");
  }

  private static void refuses(Scope scope, ConnectionView view, String part) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> scope.of(view))
        .withMessage(part + " of a connection view must not be null: io.traffik.TestView");
  }

  @Test
  void k3_scopesOfTheUsersChoice() {
    assertThat(Scope.ALL_ROUTES.of(TestView.GET))
        .isEqualTo(Scope.ALL_ROUTES.of(TestView.GET.route("/b")));
    assertThat(Scope.ROUTE.of(TestView.GET.method("POST")))
        .isEqualTo(Scope.ROUTE.of(TestView.GET))
        .isNotEqualTo(Scope.ROUTE.of(TestView.GET.route("/b")));
  }

  @Test
  void k2_moreRoutesThanAreKeptHaveTheRightNames() {
    for (int i = 0; i < 3_000; i++) {
      assertThat(byDefault(TestView.GET.route("/kept/" + i))).isEqualTo("GET /kept/" + i);
    }
  }
}
