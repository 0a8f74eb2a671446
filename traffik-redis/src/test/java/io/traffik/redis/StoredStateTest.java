package io.traffik.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.BackendException;
import io.traffik.BackendScope;
import io.traffik.Rate;
import io.traffik.redis.script.DecisionScript;
import io.traffik.redis.server.RedisConnection;
import io.traffik.redis.server.RedisServers;
import io.traffik.spi.BackendCall;
import io.traffik.spi.Margin;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The stored value after a decision. */
final class StoredStateTest {

  private static final QuotaPolicy TEN =
      QuotaPolicy.of("api", List.of(Rate.of(10, Duration.ofHours(10))));
  private static final QuotaPolicy THREE =
      QuotaPolicy.of(
          "api", List.of(Rate.perHour(6), Rate.of(7, Duration.ofHours(1)), Rate.perDay(8)));

  private static final QuotaPolicy TEN_PER_HOUR =
      QuotaPolicy.of("api", List.of(Rate.of(10, Duration.ofHours(1))));

  private final String namespace = "state-" + Long.toHexString(System.nanoTime());
  private final String key = namespace + "|api|client|";
  private final RedisConnection server = RedisServers.standalone().connect();
  private final Backend backend = builder().build();

  @AfterEach
  void close() {
    backend.reset();
    backend.close();
    server.close();
  }

  private LettuceBackendBuilder builder() {
    return RedisBackend.lettuce(namespace)
        .uri(RedisContract.standaloneUri())
        .deadline(Duration.ofSeconds(10));
  }

  private long hit(QuotaPolicy policy, long cost) {
    return backend.decide(new BackendCall(Operation.HIT, policy, "client", "", cost))[0];
  }

  private long micros() {
    List<String> time = server.list("TIME");
    return Long.parseLong(time.get(0)) * 1_000_000 + Long.parseLong(time.get(1));
  }

  /** Otherwise the first server that stops would reset the buckets of all others. */
  @Test
  void l4_bucketsOutliveTheApplicationsScopeByDefault() {
    hit(TEN, 3);
    BackendScope.application(builder().build()).close();
    assertThat(server.execute("EXISTS", key)).isEqualTo(1L);
    BackendScope.application(builder().persistent(false).build()).close();
    assertThat(server.execute("EXISTS", key)).isEqualTo(0L);
  }

  @Test
  void s3_theStateIsWholeNumbers() {
    long before = micros();
    hit(TEN, 3);
    String[] state = server.text("GET", key).split(":", -1);
    assertThat(Long.parseLong(state[0])).isBetween(before, micros());
    assertThat(state).hasSize(4).endsWith("10800000000", "0", "3600000000000");
  }

  @Test
  void s3_severalRatesAreOneValue() {
    hit(THREE, 1);
    // One seventh of an hour is 514,285,714,286 ns, rounded up.
    assertThat(server.text("GET", key))
        .endsWith(
            ":600000000:0:600000000000:514285714:286:514285714286:10800000000:0:10800000000000");
  }

  @Test
  void s3_aKeyExpiresWhenItsLastBucketIsFull() {
    hit(THREE, 1);
    long fullAt = Long.parseLong(server.text("GET", key).split(":", 2)[0]) + 10_800_000_000L;
    long before = micros();
    long remaining = (Long) server.execute("PTTL", key);
    long after = micros();
    assertThat(remaining).isBetween((fullAt - after) / 1_000 - 1, (fullAt - before) / 1_000 + 2);
  }

  /** Expiries are whole milliseconds, so they must be rounded up. */
  @Test
  void s3_aKeyNeverExpiresBeforeItsLastBucketIsFull() {
    for (QuotaPolicy policy : List.of(TEN, TEN, TEN, THREE, THREE, THREE)) {
      hit(policy, 1);
      String[] state = server.text("GET", key).split(":", -1);
      long debt = 0;
      for (int i = 1; i < state.length; i += 3) {
        debt = Math.max(debt, Long.parseLong(state[i]) + (state[i + 1].equals("0") ? 0 : 1));
      }
      long fullAt = Long.parseLong(state[0]) + debt;
      assertThat(expiryMillis() * 1_000).isBetween(fullAt, fullAt + 1_000);
    }
  }

  /** The time to live counts from a whole millisecond of the server. */
  private long expiryMillis() {
    while (true) {
      long before = micros() / 1_000;
      long remaining = (Long) server.execute("PTTL", key);
      if (micros() / 1_000 == before) {
        return before + remaining;
      }
    }
  }

  @Test
  void s3_aDenialAndAPeekWriteNothing() {
    hit(TEN, 10);
    String state = server.text("GET", key);
    assertThat(hit(TEN, 1)).isNegative();
    backend.decide(new BackendCall(Operation.PEEK, TEN, "client", "", 4));
    assertThat(server.text("GET", key)).isEqualTo(state);
  }

  @Test
  void b2_b11_aDenialWritesTheIntervalOfAChangedRate() {
    hit(TEN, 10);
    assertThat(hit(TEN_PER_HOUR, 10)).isNegative();
    String[] state = server.text("GET", key).split(":", -1);
    assertThat(state[3]).isEqualTo("360000000000");
    assertThat(Long.parseLong(state[1])).isBetween(3_590_000_000L, 3_600_000_000L);
  }

  @Test
  void b11_peeksFreeHitsAndImpossibleHitsDoNotWriteTheInterval() {
    hit(TEN, 10);
    String state = server.text("GET", key);
    backend.decide(new BackendCall(Operation.PEEK, TEN_PER_HOUR, "client", "", 10));
    hit(TEN_PER_HOUR, 0);
    hit(TEN_PER_HOUR, 11);
    backend.decide(new BackendCall(Operation.REFUND, TEN_PER_HOUR, "client", "", 0));
    backend.decide(new BackendCall(Operation.SETTLE, TEN_PER_HOUR, "client", "", 0));
    assertThat(server.text("GET", key)).isEqualTo(state);
  }

  @Test
  void b11_aPolicyOfFewerRatesKeepsTheOtherDebtsAndIntervals() {
    hit(THREE, 1);
    hit(TEN, 1);
    String[] state = server.text("GET", key).split(":", -1);
    assertThat(state).hasSize(10).endsWith("10800000000000");
    assertThat(state[3]).isEqualTo("3600000000000");
    assertThat(state[6]).isEqualTo("514285714286");
    assertThat(Long.parseLong(state[7])).isBetween(10_700_000_000L, 10_800_000_000L);
  }

  /** Ten missing tokens would take more than 140 years at the other speed. */
  @Test
  void b11_aDebtBeyond140YearsDeniesAndIsNotWritten() {
    hit(TEN, 10);
    String state = server.text("GET", key);
    QuotaPolicy slow = QuotaPolicy.of("api", List.of(Rate.of(1, Duration.ofDays(365 * 20))));
    long margin = hit(slow, 1);
    // The bucket of the slow rate has a token once no token is missing.
    assertThat(-margin).isBetween(0L, TEN.rate(0).fillNanos());
    backend.decide(new BackendCall(Operation.REFUND, slow, "client", "", 1));
    long[] settlement =
        backend.decide(new BackendCall(Operation.SETTLE, slow, "client", "", 3, Long.MAX_VALUE));
    assertThat(settlement).containsExactly(-Margin.MAX_NANOS, 3);
    assertThat(server.text("GET", key)).isEqualTo(state);
  }

  @Test
  void b13_b14_s3_aKeyOutlivesItsDebtBeyondTheCapacity() {
    hit(TEN, 10);
    long hour = Duration.ofHours(1).toNanos();
    backend.decide(new BackendCall(Operation.HIT, TEN, "client", "", 2, 2 * hour));
    backend.decide(new BackendCall(Operation.SETTLE, TEN, "client", "", 8, 20));
    assertThat(server.text("GET", key)).matches("\\d+:7\\d{10}:\\d+:3600000000000");
    long remaining = (Long) server.execute("PTTL", key);
    // The expiry is rounded up to a millisecond, the clock of PTTL down.
    assertThat(remaining).isBetween(20 * 3_600_000L - 10_000, 20 * 3_600_000L + 1);
  }

  @Test
  void b10_aBucketThatARefundFillsIsRemoved() {
    hit(TEN, 3);
    backend.decide(new BackendCall(Operation.REFUND, TEN, "client", "", 2));
    assertThat(server.execute("EXISTS", key)).isEqualTo(1L);
    backend.decide(new BackendCall(Operation.REFUND, TEN, "client", "", 2));
    assertThat(server.execute("EXISTS", key)).isEqualTo(0L);
  }

  @Test
  void b6_aFreeHitWritesNothing() {
    hit(TEN, 0);
    assertThat(server.execute("EXISTS", key)).isEqualTo(0L);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "garbage",
        "1",
        "12:",
        "1:2",
        "1:2:",
        "1:2:3",
        "1:2:3:",
        "1:2:3:0",
        "1:2:3:04",
        "1:2:3:4:5",
        "1:2:3:4x",
        " 1:2:3:4",
        "1:2:3:4\n",
        "-1:2:3:4",
        "1:2.5:3:4",
        "1:1e9:0:4",
        "0x1:2:3:4",
        "1:2:1000:4",
        "1:2:3:-4",
        "1:2:3:10000000000000000000",
        "nan:nan:nan:nan",
        "1::2:3:4",
        "10000000000000000:1:1:4",
        "1:10000000000000000:1:4",
        "1:8836128000000001:0:4",
        "1:2:3:4 1:2:3:4"
      })
  void s5_anUnreadableValueIsAFullBucket(String garbage) {
    server.execute("SET", key, garbage);
    assertThat(backend.decide(new BackendCall(Operation.PEEK, TEN, "client", "", 10))[0]).isZero();
    assertThat(server.text("GET", key)).isEqualTo(garbage);
    assertThat(hit(TEN, 10)).isZero();
    assertThat(hit(TEN, 1)).isNegative();
  }

  @Test
  void s5_implausibleNumbersTakeAtMostTheCapacity() {
    String debt = ":9999999999999999:999:3600000000000";
    for (String state : List.of("0" + debt, "9999999999999999" + debt)) {
      server.execute("SET", key, state);
      long margin = hit(TEN, 1);
      assertThat(margin).as(state).isBetween(-TEN.rate(0).nanosPerToken(), Long.MAX_VALUE);
    }
  }

  @Test
  void s5_aValueOfAnotherTypeIsAClearError() {
    server.execute("LPUSH", key, "theirs");
    assertThatThrownBy(() -> hit(TEN, 1))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("\"" + key + "\"")
        .hasMessageContaining("another type")
        .hasMessageContaining("namespace");
    assertThat(server.list("LRANGE", key, "0", "-1")).containsExactly("theirs");
  }

  @Test
  void s1_anUnknownDigestIsLoadedAndTheHitChargedOnce() {
    hit(TEN, 1);
    server.execute("SCRIPT", "FLUSH");
    assertThat(hit(TEN, 1) / TEN.rate(0).nanosPerToken()).isEqualTo(8);
    assertThat(server.list("SCRIPT", "EXISTS", DecisionScript.DIGEST)).containsExactly("1");
  }
}
