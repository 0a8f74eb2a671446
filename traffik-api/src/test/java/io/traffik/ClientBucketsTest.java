package io.traffik;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One client's buckets are inspected, refilled and emptied by identity (rule K6). */
final class ClientBucketsTest {

  private static final Identity CLIENT = Identity.of("customer-42");

  private final MapBackend backend = new MapBackend();
  private final Throttle api = backend.throttle("3/h", "9/day").identifier(view -> CLIENT).build();

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void k6_allScopesThatWereUsedAreInspectedRefilledAndEmptied(boolean async) {
    api.hit(TestView.GET);
    api.hit(TestView.GET.route("/b"), 3);
    Throttle other = backend.throttle("3/h").build();
    other.hit(TestView.GET.route("/c"));
    ClientBuckets buckets = api.client(CLIENT);
    assertThat(remaining(async ? join(buckets.peekAsync()) : buckets.peek()))
        .containsOnly(Map.entry("GET /a", 2L), Map.entry("GET /b", 0L));
    backend.calls.clear();
    assertThat(remaining(async ? join(buckets.resetAsync()) : buckets.reset()))
        .containsOnly(Map.entry("GET /a", 3L), Map.entry("GET /b", 3L));
    assertThat(remaining(async ? join(buckets.penaliseAsync(2)) : buckets.penalise(2)))
        .containsOnly(Map.entry("GET /a", 1L), Map.entry("GET /b", 1L));
    assertThat(api.hit(TestView.GET, 2).denied()).isTrue();
  }

  @Test
  void k6_aResetForgivesDebtsOfEveryRate() {
    api.client(CLIENT).in("GET /a").penalise(30);
    Decision owing = api.client(CLIENT).in("GET /a").peek().get("GET /a");
    assertThat(owing.remaining()).isZero();
    assertThat(owing.resetAfter())
        .isEqualTo(Rate.parse("9/day").period().multipliedBy(30).dividedBy(9));
    assertThat(remaining(api.client(CLIENT).in("GET /a").reset()))
        .containsExactly(Map.entry("GET /a", 3L));
    assertThat(api.hit(TestView.GET, 3).allowed()).isTrue();
  }

  @Test
  void k6_aScopeCanBeNamedAndOthersStay() {
    api.hit(TestView.GET, 3);
    api.hit(TestView.GET.route("/b"), 3);
    api.client(CLIENT).in("GET /a").reset();
    assertThat(api.hit(TestView.GET).allowed()).isTrue();
    assertThat(api.hit(TestView.GET.route("/b")).denied()).isTrue();
    assertThat(api.client(Identity.of("other")).peek().values())
        .extracting(Decision::remaining)
        .containsExactly(3L, 3L);
  }

  @Test
  void k6_hitsByIdentityAreOfOneScope() {
    api.hit(CLIENT);
    assertThat(remaining(api.client(CLIENT).peek())).containsExactly(Map.entry("", 2L));
  }

  @Test
  void k6_theNumberOfScopesIsBounded() {
    UsedScopes scopes = new UsedScopes();
    for (int i = 0; i < 2 * UsedScopes.MAX_SCOPES; i++) {
      scopes.add("GET /" + i);
      scopes.add("GET /" + i);
    }
    assertThat(scopes.list()).hasSize(UsedScopes.MAX_SCOPES).doesNotHaveDuplicates();
  }

  @Test
  void k6_whatHasNoBucketsHasNoDecisions() {
    assertThat(api.client(CLIENT).peek()).as("no scope was used").isEmpty();
    api.hit(TestView.GET);
    assertThat(api.client(Identity.EXEMPT).penalise(3)).isEmpty();
    api.setRates(Rates.UNLIMITED);
    assertThat(api.client(CLIENT).reset()).isEmpty();
  }

  @Test
  void k6_switchesDoNotMatter() {
    api.hit(TestView.GET, 3);
    api.setEnabled(false);
    assertThat(remaining(api.client(CLIENT).reset())).containsExactly(Map.entry("GET /a", 3L));
  }

  @Test
  void k6_failuresReachTheCaller() {
    api.hit(TestView.GET);
    backend.failing = true;
    assertThatExceptionOfType(BackendException.class).isThrownBy(() -> api.client(CLIENT).peek());
    assertThatExceptionOfType(CompletionException.class)
        .isThrownBy(() -> join(api.client(CLIENT).resetAsync()))
        .withCauseInstanceOf(BackendException.class);
    assertThatIllegalArgumentException().isThrownBy(() -> api.client(CLIENT).penalise(-1));
    backend.supportsDebt = false;
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> api.client(CLIENT).penalise(1));
    Throttle limited = backend.throttle("3/h").maxDebt(2).build();
    backend.failing = false;
    backend.supportsDebt = true;
    Decision emptied = limited.client(CLIENT).in("x").penalise(9).get("x");
    assertThat(emptied.unpaid()).isEqualTo(4);
    assertThat(emptied.resetAfter()).isEqualTo(Duration.ofMinutes(100));
  }

  private static Map<String, Long> remaining(Map<String, Decision> decisions) {
    TreeMap<String, Long> remaining = new TreeMap<>();
    decisions.forEach((scope, decision) -> remaining.put(scope, decision.remaining()));
    return remaining;
  }

  private static <T> T join(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }
}
