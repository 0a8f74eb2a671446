package io.traffik.redis.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.redis.server.NeedsProcesses;
import io.traffik.redis.server.RedisConnection;
import io.traffik.redis.server.RedisProcess;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The commands that a server receives, counted on a server without other clients. */
@Isolated
@NeedsProcesses
@Tag("fault")
class OneCommandTest {

  private static final long HITS = 10_000;

  /** Long enough for a busy machine: a late call would fail the test. */
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  private static final Pattern CALLS = Pattern.compile("cmdstat_([^:]+):calls=(\\d+)");

  private static final QuotaPolicy TWO_RATES =
      QuotaPolicy.of(
          "api",
          List.of(Rate.of(HITS / 2, LoadGenerator.YEAR), Rate.of(HITS, Duration.ofDays(36_500))));

  /**
   * The server counts the commands of clients and of scripts. The script reads the clock and the
   * key once per hit, and writes once per granted hit.
   */
  @ParameterizedTest
  @EnumSource
  void s1_s3_aDecisionIsOneCommandAndADenialWritesNothing(ClientLibrary client) {
    try (RedisProcess server = RedisProcess.start();
        RedisConnection admin = server.connect();
        Backend backend = client.standalone(server.uri().toString(), "counted", DEADLINE)) {
      backend.open();
      backend.decide(new BackendCall(Operation.HIT, TWO_RATES, "another", "", 1));
      admin.execute("CONFIG", "RESETSTAT");
      long granted = 0;
      for (int i = 0; i < HITS; i++) {
        granted +=
            backend.decide(new BackendCall(Operation.HIT, TWO_RATES, "client", "", 1))[0] >= 0
                ? 1
                : 0;
      }
      assertThat(granted).isEqualTo(HITS / 2);
      assertThat(decisions(admin))
          .containsExactlyInAnyOrderEntriesOf(
              Map.of("evalsha", HITS, "time", HITS, "get", HITS, "set", HITS / 2));
    }
  }

  @ParameterizedTest
  @EnumSource
  void b14_s1_aSettlementIsOneCommand(ClientLibrary client) {
    try (RedisProcess server = RedisProcess.start();
        RedisConnection admin = server.connect();
        Backend backend = client.standalone(server.uri().toString(), "counted", DEADLINE)) {
      backend.open();
      admin.execute("CONFIG", "RESETSTAT");
      BackendCall settlement =
          new BackendCall(Operation.SETTLE, TWO_RATES, "client", "", HITS, 2 * HITS);
      assertThat(settlement.isAnsweredBy(backend.decide(settlement))).isTrue();
      assertThat(decisions(admin))
          .containsExactlyInAnyOrderEntriesOf(
              Map.of("evalsha", 1L, "time", 1L, "get", 1L, "set", 1L));
    }
  }

  /** The calls on one key also have one read and one write together. */
  @ParameterizedTest
  @EnumSource
  void b15_s1_aBatchIsOneCommand(ClientLibrary client) {
    try (RedisProcess server = RedisProcess.start();
        RedisConnection admin = server.connect();
        Backend backend = client.standalone(server.uri().toString(), "counted", DEADLINE)) {
      backend.open();
      admin.execute("CONFIG", "RESETSTAT");
      BackendCall hit = new BackendCall(Operation.HIT, TWO_RATES, "client", "", 1);
      assertThat(backend.decideAll(Collections.nCopies(100, hit))).hasSize(100);
      assertThat(decisions(admin))
          .containsExactlyInAnyOrderEntriesOf(
              Map.of("evalsha", 1L, "time", 1L, "get", 1L, "set", 1L));
      admin.execute("CONFIG", "RESETSTAT");
      List<BackendCall> hits =
          IntStream.range(0, 100)
              .mapToObj(i -> new BackendCall(Operation.HIT, TWO_RATES, "client " + i % 10, "", 1))
              .toList();
      assertThat(backend.decideAllAsync(hits).toCompletableFuture().join()).hasSize(100);
      assertThat(decisions(admin))
          .containsExactlyInAnyOrderEntriesOf(
              Map.of("evalsha", 1L, "time", 1L, "get", 10L, "set", 10L));
    }
  }

  /** Hits on several keys, all or nothing: one round trip, and a denial writes nothing. */
  @ParameterizedTest
  @EnumSource
  void b15_s1_hitsTogetherAreOneCommand(ClientLibrary client) {
    try (RedisProcess server = RedisProcess.start();
        RedisConnection admin = server.connect();
        Backend backend = client.standalone(server.uri().toString(), "counted", DEADLINE)) {
      backend.open();
      List<BackendCall> hits =
          IntStream.range(0, 3)
              .mapToObj(i -> new BackendCall(Operation.HIT, TWO_RATES, "client " + i, "", HITS / 2))
              .toList();
      admin.execute("CONFIG", "RESETSTAT");
      backend.decideTogether(hits);
      assertThat(decisions(admin))
          .containsExactlyInAnyOrderEntriesOf(
              Map.of("evalsha", 1L, "time", 1L, "get", 3L, "set", 3L));
      admin.execute("CONFIG", "RESETSTAT");
      backend.decideTogetherAsync(hits).toCompletableFuture().join();
      assertThat(decisions(admin))
          .containsExactlyInAnyOrderEntriesOf(Map.of("evalsha", 1L, "time", 1L, "get", 3L));
    }
  }

  private static Map<String, Long> decisions(RedisConnection admin) {
    Map<String, Long> calls = calls(admin);
    calls.keySet().removeIf(command -> command.startsWith("config") || command.equals("info"));
    return calls;
  }

  private static Map<String, Long> calls(RedisConnection admin) {
    Map<String, Long> calls = new TreeMap<>();
    Matcher matcher = CALLS.matcher(admin.text("INFO", "commandstats"));
    while (matcher.find()) {
      calls.put(matcher.group(1), Long.valueOf(matcher.group(2)));
    }
    return calls;
  }
}
