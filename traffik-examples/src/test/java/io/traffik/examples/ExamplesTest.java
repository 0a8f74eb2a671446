package io.traffik.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.traffik.Backend;
import io.traffik.ConfigurationException;
import io.traffik.ConnectionThrottledException;
import io.traffik.Decision;
import io.traffik.Identifier;
import io.traffik.Identity;
import io.traffik.Throttle;
import io.traffik.ThrottleRegistry;
import io.traffik.memory.InMemoryBackend;
import io.traffik.tck.FakeConnection;
import io.traffik.tck.ManualClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The documented examples that need no server, run with a manual clock. */
final class ExamplesTest {

  private final InMemoryBackend backend = new ManualClock().backend();
  private final FakeConnection connection =
      FakeConnection.get("/users/7").remoteAddress("192.0.2.7").backend(backend);

  private static long remaining(Throttle throttle, FakeConnection view) {
    return throttle.hit(view).remaining();
  }

  @Test
  void apiKeys_knownKeysHaveOwnBucketsAndOthersShareTheirAddress() {
    Throttle search = ClientExamples.apiKeys(backend, Map.of("a", "alice", "b", "bob"));
    assertThat(remaining(search, connection.header("X-Api-Key", "a"))).isEqualTo(499);
    assertThat(remaining(search, connection.header("X-Api-Key", "b"))).isEqualTo(499);
    assertThat(remaining(search, connection.header("X-Api-Key", "made up"))).isEqualTo(499);
    assertThat(remaining(search, connection)).isEqualTo(498);
  }

  @Test
  void exempt_staffPassesWithoutALimit() {
    Throttle api = ClientExamples.exempt(backend, Map.of("t", "staff"));
    assertThat(api.hit(connection.header("X-Token", "t")).exempt()).isTrue();
    assertThat(api.hit(connection).exempt()).isFalse();
  }

  @Test
  void scopesAndCosts_areAsDocumented() {
    assertThat(remaining(ClientExamples.costs(backend), connection.path("/export/all")))
        .isEqualTo(90);
    Throttle groups = ClientExamples.groups(new ManualClock().backend());
    assertThat(remaining(groups, connection)).isEqualTo(99);
    assertThat(remaining(groups, connection.path("/users/8"))).isEqualTo(98);
    assertThat(remaining(groups, connection.path("/news"))).isEqualTo(99);
    assertThat(remaining(ClientExamples.rates(backend), connection)).isEqualTo(4);
  }

  @Test
  void anonymousClients_shareABucket() {
    Throttle api = ClientExamples.policies(backend, view -> null);
    assertThat(remaining(api, connection)).isEqualTo(99);
    assertThat(remaining(api, connection.remoteAddress("192.0.2.8"))).isEqualTo(98);
  }

  @Test
  void decisions_areAsDocumented() {
    Throttle api = Throttle.builder("api").rate("10/h").backend(backend).build();
    assertThat(DecisionExamples.hit(api, connection)).isEqualTo("9 left");
    Decision last = DecisionExamples.operations(api, connection).toCompletableFuture().join();
    assertThat(last.remaining()).isEqualTo(6);
    DecisionExamples.charge(api, connection, () -> {});
    assertThat(api.peek(connection).remaining()).isEqualTo(1);
    api.hit(connection);
    assertThat(DecisionExamples.hit(api, connection)).isEqualTo("retry in PT6M");
  }

  @Test
  void charge_isRefundedIfTheWorkFails() {
    Throttle api = Throttle.builder("api").rate("10/h").backend(backend).build();
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                DecisionExamples.charge(
                    api,
                    connection,
                    () -> {
                      throw new IllegalStateException("work failed");
                    }));
    assertThat(api.peek(connection).remaining()).isEqualTo(10);
  }

  @Test
  void k6_anExportIsCountedByCustomer() {
    List<String> exports = new ArrayList<>();
    for (int i = 0; i < 11; i++) {
      DecisionExamples.export(backend, () -> exports.add("done"));
    }
    assertThat(exports).hasSize(10);
  }

  @Test
  void tenants_haveTheirOwnBucketsOrBackends() {
    Backend other = new ManualClock().backend();
    FakeConnection a = connection.header("Host", "a.example");
    FakeConnection b = connection.header("Host", "b.example");
    for (Throttle quota :
        List.of(
            TenantExamples.byIdentity(backend),
            TenantExamples.byFunction(Map.of("a.example", backend, "b.example", other)))) {
      assertThat(remaining(quota, b)).isEqualTo(999);
      assertThat(quota.peek(a).remaining()).isEqualTo(1_000);
    }
    Throttle dynamic = TenantExamples.dynamic();
    TenantExamples.scope(dynamic, other, connection);
    assertThat(dynamic.peek(connection).remaining()).isEqualTo(1_000);
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> dynamic.hit(connection.backend(null)));
  }

  @Test
  void plans_haveTheirOwnRatesAndChangeAtRuntime() {
    Identifier byHost = view -> Identity.of(String.valueOf(view.header("Host")));
    Throttle api = TenantExamples.byPlan(ThrottleRegistry.of(backend), byHost);
    assertThat(api.peek(connection.header("Host", "premium.example.com")).remaining())
        .isEqualTo(1_000);
    assertThat(api.peek(connection.header("Host", "a.example")).remaining()).isEqualTo(10);
    assertThat(TenantExamples.changes(backend).get("api").peek(connection).remaining())
        .isEqualTo(200);
    Throttle held = TenantExamples.byHolder(ThrottleRegistry.of(backend));
    assertThat(held.peek(connection).remaining()).isEqualTo(100);
  }

  @Test
  void onThrottled_addsHeaders() {
    Throttle api = ClientExamples.groups(backend);
    assertThat(api.hit(connection, 100).allowed()).isTrue();
    Throttle withHeaders = CustomResponseExamples.extraHeaders(backend);
    withHeaders.hit(connection, 100);
    assertThatExceptionOfType(ConnectionThrottledException.class)
        .isThrownBy(() -> withHeaders.enforce(connection))
        .satisfies(
            denial ->
                assertThat(denial.headers())
                    .containsEntry("X-Support", "https://example.com/limits")
                    .containsKey("Retry-After"));
  }

  @Test
  void listener_countsDecisions() {
    ListenerExamples.HitCounter counter = new ListenerExamples.HitCounter();
    Throttle api = ListenerExamples.counted(backend, counter);
    api.hit(connection, 100);
    api.hit(connection);
    api.setShadow(true);
    api.hit(connection);
    assertThat(counter.allowed.sum()).isEqualTo(1);
    assertThat(counter.shadowed.sum()).isEqualTo(1);
    assertThat(counter.denied.sum()).isEqualTo(1);
    assertThat(counter.failed.sum()).isZero();
  }

  @Test
  void principal_fallsBackToTheAddress() {
    Identifier user = SpringExamples.principal();
    assertThat(String.valueOf(user.identify(connection))).isEqualTo("192.0.2.7");
  }

  @Test
  void memory_backendsWork() {
    for (Backend memory : List.of(MemoryExamples.bounded(), MemoryExamples.coarse())) {
      Throttle api = Throttle.builder("api").rate("10/h").backend(memory).build();
      assertThat(remaining(api, connection)).isEqualTo(9);
      memory.close();
    }
  }
}
