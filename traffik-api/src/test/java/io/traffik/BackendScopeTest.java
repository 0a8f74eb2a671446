package io.traffik;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try")
final class BackendScopeTest {

  private final MapBackend outer = new MapBackend();
  private final MapBackend inner = new MapBackend();
  private final Throttle api = Throttle.builder("api").rate("9/h").dynamicBackend().build();

  private long hits(MapBackend backend) {
    return backend.calls.stream().filter(call -> call.startsWith("HIT")).count();
  }

  @Test
  void l4_theInnermostScopeIsUsedAndClosingRestoresTheOuter() {
    try (BackendScope first = BackendScope.enter(outer)) {
      api.hit(TestView.GET);
      try (BackendScope second = BackendScope.enter(inner)) {
        api.hit(TestView.GET);
        api.hit(TestView.GET);
      }
      api.hit(TestView.GET);
    }
    assertThat(hits(outer)).isEqualTo(2);
    assertThat(hits(inner)).isEqualTo(2);
    assertThat(BackendScope.innermost()).isNull();
    assertThat(outer.calls).doesNotContain("reset", "close");
  }

  @Test
  void l5_fixedThenFunctionThenScopeThenConnection() {
    MapBackend explicit = new MapBackend();
    try (BackendScope scope = BackendScope.enter(outer)) {
      Throttle.builder("a").rate("1/h").backend(explicit).build().hit(TestView.GET.backend(inner));
      Throttle.builder("a")
          .rate("1/h")
          .backend(view -> explicit)
          .build()
          .hit(TestView.GET.backend(inner));
      Throttle.builder("a")
          .rate("1/h")
          .backend(view -> null)
          .build()
          .hit(TestView.GET.backend(inner));
    }
    api.hit(TestView.GET.backend(inner));
    assertThat(hits(explicit)).isEqualTo(2);
    assertThat(hits(outer)).isEqualTo(1);
    assertThat(hits(inner)).isEqualTo(1);
  }

  @Test
  void l6_theBackendOfTheConnectionIsFoundOnAnyThread() {
    CompletableFuture.runAsync(() -> api.hit(TestView.GET.backend(inner))).join();
    assertThat(hits(inner)).isEqualTo(1);
  }

  @Test
  void l4_theApplicationScopeResetsAndCloses() {
    BackendScope.application(outer).close();
    assertThat(outer.calls).containsExactly("open", "reset", "close");
    inner.persistent = true;
    BackendScope.application(inner).close();
    assertThat(inner.calls).containsExactly("open", "close");
  }

  @Test
  void l4_theBackendIsClosedEvenIfTheResetFails() {
    BackendScope scope = BackendScope.application(outer);
    outer.failing = true;
    assertThatThrownBy(scope::close).isInstanceOf(BackendException.class);
    assertThat(outer.calls).containsExactly("open", "reset", "close");
    scope.close();
    assertThat(outer.calls).hasSize(3);
  }

  @Test
  void l4_enteringAgainNeverClosesTheOuter() {
    try (BackendScope application = BackendScope.application(outer)) {
      BackendScope.application(outer).close();
      BackendScope.enter(outer).close();
      assertThat(outer.calls).doesNotContain("reset", "close");
    }
    assertThat(outer.calls).contains("reset", "close");
  }

  @Test
  void l4_closingAScopeLeavesTheScopesInsideIt() {
    BackendScope first = BackendScope.enter(outer);
    BackendScope second = BackendScope.enter(inner);
    first.close();
    assertThat(BackendScope.innermost()).isNull();
    try (BackendScope third = BackendScope.enter(outer)) {
      second.close();
      assertThat(BackendScope.innermost()).isSameAs(outer);
    }
  }

  @Test
  void l4_aScopeMustBeClosedOnItsOwnThread() {
    try (BackendScope scope = BackendScope.enter(outer)) {
      assertThatThrownBy(() -> CompletableFuture.runAsync(scope::close).join())
          .isInstanceOf(CompletionException.class)
          .cause()
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("must be closed on the thread that entered it: \"map\"");
    }
  }

  @Test
  void l1_l4_aBackendThatFailsToOpenIsNotEntered() {
    MapBackend broken =
        new MapBackend() {
          @Override
          public void open() {
            throw new ConfigurationException("no server at redis://nowhere");
          }
        };
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> BackendScope.application(broken))
        .withMessage("no server at redis://nowhere");
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> BackendLease.acquire(broken))
        .withMessage("no server at redis://nowhere");
    assertThat(BackendScope.innermost()).isNull();
    assertThat(broken.calls).isEmpty();
  }

  @Test
  void l1_aBackendWorksWithoutBeingOpened() {
    try (BackendScope scope = BackendScope.enter(outer)) {
      assertThat(api.hit(TestView.GET).allowed()).isTrue();
    }
    assertThat(outer.calls).doesNotContain("open");
  }

  @Test
  void l4_anApplicationMayRestart() {
    outer.persistent = true;
    BackendScope.application(outer).close();
    BackendScope.application(outer).close();
    assertThat(outer.calls).containsExactly("open", "close", "open", "close");
  }
}
