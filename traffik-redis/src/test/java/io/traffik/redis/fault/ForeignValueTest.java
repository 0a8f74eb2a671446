package io.traffik.redis.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.BackendException;
import io.traffik.Rate;
import io.traffik.redis.server.RedisConnection;
import io.traffik.redis.server.RedisServer;
import io.traffik.redis.server.RedisServers;
import io.traffik.spi.BackendCall;
import io.traffik.spi.Margin;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Values that another application wrote under the keys of buckets. */
@Isolated
@Tag("fault")
class ForeignValueTest {

  private static final int CAPACITY = 10;
  private static final QuotaPolicy TEN = LoadGenerator.policy(CAPACITY);

  private static final String[] GARBAGE = {
    "",
    "hello",
    ":",
    "1",
    "1:",
    "-1:2:3:4",
    "1:-2:3:4",
    "1.5:2:3:4",
    "1e9:2:3:4",
    "nan:1:1:1",
    "inf:1:1:1",
    "0x10:1:1:1",
    "1:2:3",
    "1:2:3:",
    "1:2:3:4 ",
    " 1:2:3:4",
    "1:2:3:4\n",
    "{\"tokens\":0}",
    "99999999999999999999999999999999:1:1:1",
    "1:99999999999999999999999999999999:1:1",
    "1:1:99999999999999999999999999999999:1",
    "1:1:1:99999999999999999999999999999999",
    "\u00e9\u4e2d",
    "1" + "0".repeat(400) + ":1:1:1",
    "x".repeat(100_000),
  };

  private static final long MICROS = 1_000_000;

  private final RedisServer server = RedisServers.standalone();

  @ParameterizedTest
  @EnumSource
  void s5_aValueOfAnotherTypeIsAClearErrorUntilItIsGone(ClientLibrary client) {
    String namespace = "typed" + System.nanoTime();
    try (Backend backend = client.standalone(server.uri().toString(), namespace);
        RedisConnection admin = server.connect()) {
      String key = keyOf(backend, admin);
      for (String[] command :
          List.of(
              new String[] {"RPUSH", key, "x"},
              new String[] {"HSET", key, "f", "x"},
              new String[] {"SADD", key, "x"},
              new String[] {"ZADD", key, "1", "x"},
              new String[] {"XADD", key, "*", "f", "x"})) {
        admin.execute("DEL", key);
        admin.execute(command);
        for (Operation operation : Operation.values()) {
          assertThatExceptionOfType(BackendException.class)
              .isThrownBy(() -> backend.decide(new BackendCall(operation, TEN, "client", "", 1)))
              .withMessageContaining("\"" + namespace + "\"")
              .withStackTraceContaining("WRONGTYPE");
        }
        assertThat(backend.decide(new BackendCall(Operation.HIT, TEN, "neighbour", "", 0))[0])
            .as("another client's bucket")
            .isEqualTo(TEN.rate(0).fillNanos());
        assertThat(admin.text("TYPE", key)).as("the value is unchanged").isNotEqualTo("string");
      }
      admin.execute("DEL", key);
      assertThat(granted(backend, 2 * CAPACITY)).isEqualTo(CAPACITY);
      backend.reset();
    }
  }

  /** Garbage therefore gives a client at most its capacity again. */
  @ParameterizedTest
  @EnumSource
  void s5_anUnreadableValueIsAFullBucket(ClientLibrary client) {
    String namespace = "garbage" + System.nanoTime();
    try (Backend backend = client.standalone(server.uri().toString(), namespace);
        RedisConnection admin = server.connect()) {
      String key = keyOf(backend, admin);
      for (String garbage : GARBAGE) {
        admin.execute("SET", key, garbage);
        assertThat(granted(backend, 2 * CAPACITY))
            .as("after \"%.50s\"", garbage)
            .isEqualTo(CAPACITY);
        assertThat(Long.parseLong(admin.text("PTTL", key))).as("the key expires").isPositive();
      }
      backend.reset();
    }
  }

  /** Plausible numbers are accepted, since no debt means more than a full bucket. */
  @ParameterizedTest
  @EnumSource
  void s5_noStoredNumberGrantsMoreThanTheCapacity(ClientLibrary client) {
    String namespace = "numbers" + System.nanoTime();
    try (Backend backend = client.standalone(server.uri().toString(), namespace);
        RedisConnection admin = server.connect()) {
      String key = keyOf(backend, admin);
      List<String> numbers =
          List.of("0", "1", "999", "4503599627370496", "9007199254740993", "9999999999999999");
      List<String> values = new ArrayList<>();
      for (String time : numbers) {
        for (String debt : numbers) {
          for (String interval : List.of("1", intervalOf(TEN), "9999999999999999999")) {
            values.add(time + ":" + debt + ":0:" + interval);
            values.add(time + ":" + debt + ":999:" + interval);
          }
        }
      }
      for (String value : values) {
        admin.execute("SET", key, value);
        assertThat(granted(backend, 2 * CAPACITY))
            .as("after %s", value)
            .isLessThanOrEqualTo(CAPACITY);
      }
      backend.reset();
    }
  }

  /** R2 bounds the time to fill a bucket, and T5 that of reservations. */
  @ParameterizedTest
  @EnumSource
  void s5_noStoredNumberDelaysTheExpiryBeyondTheLongestTimeToFill(ClientLibrary client) {
    String namespace = "expiry" + System.nanoTime();
    QuotaPolicy slow =
        QuotaPolicy.of(
            "api",
            List.of(
                Rate.of(10, Duration.ofDays(365 * 100)), Rate.of(5, Duration.ofDays(365 * 120))));
    try (Backend backend = client.standalone(server.uri().toString(), namespace);
        RedisConnection admin = server.connect()) {
      String key = keyOf(backend, admin);
      long now = Long.parseLong(admin.list("TIME").get(0)) * MICROS;
      long year = Duration.ofDays(365).toSeconds() * MICROS;
      for (long written : new long[] {1, now, now + 90 * year, now + 200 * year}) {
        for (long debt : new long[] {0, 139 * year, 141 * year, 9_999_999_999_999_999L}) {
          for (QuotaPolicy policy : List.of(TEN, slow)) {
            for (Operation operation : Operation.values()) {
              String value =
                  written + ":" + debt + ":0:" + intervalOf(policy) + ":" + debt + ":0:1";
              admin.execute("SET", key, value, "PX", "1000000");
              backend.decide(new BackendCall(operation, policy, "client", "", 1));
              assertThat(Duration.ofMillis(Long.parseLong(admin.text("PTTL", key))))
                  .as("%s after %s", operation, value)
                  .isLessThanOrEqualTo(Duration.ofNanos(Margin.MAX_NANOS));
            }
          }
        }
      }
      backend.reset();
    }
  }

  private static String intervalOf(QuotaPolicy policy) {
    return Long.toString(policy.rate(0).nanosPerToken());
  }

  private static String keyOf(Backend backend, RedisConnection admin) {
    backend.open();
    backend.decide(new BackendCall(Operation.HIT, TEN, "client", "", 1));
    String key = StoredBuckets.keyOf(backend, "client", "");
    assertThat(admin.text("EXISTS", key)).as("%s is the bucket's key", key).isEqualTo("1");
    return key;
  }

  private static long granted(Backend backend, int hits) {
    return IntStream.range(0, hits)
        .filter(hit -> backend.decide(new BackendCall(Operation.HIT, TEN, "client", "", 1))[0] >= 0)
        .count();
  }
}
