package io.traffik.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend.Operation;
import io.traffik.redis.address.Redaction;
import io.traffik.redis.script.DecisionScript;
import io.traffik.redis.script.ErrorTranslator;
import io.traffik.redis.script.PreparedPolicies;
import io.traffik.redis.script.ScriptInvoker;
import io.traffik.spi.BackendCall;
import io.traffik.spi.KeyEncoder;
import io.traffik.tck.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The script has the answers of the exact arithmetic in every version of Lua, with the commands and
 * the clock of a server.
 */
final class LuaVersionsTest {

  private static final int HISTORIES = 1_000;
  private static final int STEPS = 25;
  private static final int MAX_BATCH = 8;
  private static final long DAY_MICROS = Duration.ofDays(1).toNanos() / 1_000;

  private final KeyEncoder keys = KeyEncoder.caseSensitive("lua");
  private final long seed = System.nanoTime();
  private ManualClock clock = new ManualClock();
  private long setBackMicros;

  private long micros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant()) - setBackMicros;
  }

  private RedisDecisions decisions(LuaServer server) {
    ErrorTranslator errors =
        new ErrorTranslator("lua", keys.prefix(), Duration.ofMinutes(1), Redaction.NONE);
    return new RedisDecisions(
        new PreparedPolicies(keys, null),
        server,
        new ScriptInvoker(server, errors, Duration.ofMinutes(1).toNanos()));
  }

  @ParameterizedTest
  @EnumSource
  void b11_b13_b14_historiesAreExact(LuaVersion version) {
    try (OpenServer server = new OpenServer(version)) {
      RedisDecisions decisions = decisions(server.lua);
      for (int i = 0; i < HISTORIES; i++) {
        clock = new ManualClock();
        RandomCalls calls = new RandomCalls(new Random(seed + i), 1 + i % 3, 3);
        RedisBucketModel reference = new RedisBucketModel();
        StringBuilder history = new StringBuilder("seed ").append(seed + i);
        long lastMargin = 0;
        for (int step = 0; step < STEPS; step++) {
          clock.advance(calls.pause(lastMargin));
          BackendCall call = calls.next("client " + i);
          history.append('\n').append(clock.instant()).append(' ').append(call);
          long[] expected = reference.decide(call, clock.getAsLong());
          assertThat(decisions.decide(call)).as(history.toString()).containsExactly(expected);
          lastMargin = expected[0];
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void b15_batchesAreExact(LuaVersion version) {
    try (OpenServer server = new OpenServer(version)) {
      RedisDecisions decisions = decisions(server.lua);
      for (int i = 0; i < HISTORIES; i++) {
        clock = new ManualClock();
        Random random = new Random(seed + i);
        RandomCalls calls = new RandomCalls(random, 3, 2);
        Map<String, RedisBucketModel> references = new HashMap<>();
        for (int step = 0; step < 4; step++) {
          clock.advance(calls.pause(0));
          List<BackendCall> batch = new ArrayList<>();
          int size = 2 + random.nextInt(MAX_BATCH);
          while (batch.size() < size) {
            batch.add(calls.next("client " + i + " " + random.nextInt(3)));
          }
          List<long[]> expected = new ArrayList<>();
          for (BackendCall call : batch) {
            expected.add(
                references
                    .computeIfAbsent(call.identity(), key -> new RedisBucketModel())
                    .decide(call, clock.getAsLong()));
          }
          List<long[]> answers = decisions.decideAll(batch);
          assertThat(answers.toArray(new long[0][]))
              .as("seed %s: %s", seed + i, batch)
              .isDeepEqualTo(expected.toArray(new long[0][]));
        }
      }
    }
  }

  /** Hits together, and clocks that are set back, of which the model has none. */
  @Test
  void s2_b15_bothVersionsAnswerAndWriteTheSame() {
    try (OpenServer first = new OpenServer(LuaVersion.LUA_5_1);
        OpenServer second = new OpenServer(LuaVersion.LUA_5_4)) {
      RedisDecisions old = decisions(first.lua);
      RedisDecisions recent = decisions(second.lua);
      int written = 0;
      for (int i = 0; i < HISTORIES; i++) {
        clock = new ManualClock();
        setBackMicros = 0;
        Random random = new Random(seed + i);
        RandomCalls calls = new RandomCalls(random, 3, 2);
        for (int step = 0; step < STEPS; step++) {
          moveClock(random);
          List<BackendCall> batch = new ArrayList<>();
          for (int j = random.nextInt(3); j >= 0; j--) {
            batch.add(calls.next("client " + i + " " + random.nextInt(2)));
          }
          boolean together = old.isOneScriptCall(batch);
          List<long[]> expected = together ? old.decideTogether(batch) : old.decideAll(batch);
          List<long[]> answers = together ? recent.decideTogether(batch) : recent.decideAll(batch);
          assertThat(answers.toArray(new long[0][]))
              .as("seed %s, step %s: %s", seed + i, step, batch)
              .isDeepEqualTo(expected.toArray(new long[0][]));
          BackendCall last = batch.get(0).with(Operation.PEEK, 1, 0);
          String key = keys.encode(last.policy().uid(), last.identity(), last.scope());
          assertThat(second.lua.stored(key)).isEqualTo(first.lua.stored(key));
          written += first.lua.stored(key).isEmpty() ? 0 : 1;
        }
      }
      assertThat(written).isGreaterThan(HISTORIES);
    }
  }

  private void moveClock(Random random) {
    switch (random.nextInt(4)) {
      case 0 -> {}
      case 1 -> setBackMicros += random.nextLong(DAY_MICROS);
      default -> clock.advance(Duration.of(random.nextLong(2 * DAY_MICROS), ChronoUnit.MICROS));
    }
  }

  private final class OpenServer implements AutoCloseable {
    private final LuaServer lua;

    OpenServer(LuaVersion version) {
      lua = new LuaServer(version, DecisionScript.TEXT, LuaVersionsTest.this::micros);
    }

    @Override
    public void close() {
      lua.close();
    }
  }
}
