package io.traffik.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;

/** Random use of a table beside a {@link HashMap}, with fingerprints that all want few slots. */
class BucketTableTest {

  private static final long FILL = 1_000;

  /** What may be done to a table. */
  private enum Act {
    ADD,
    MOVE,
    FORGET,
    RETIRE_LEAST,
    WAIT,
    REPLACE,
    RETIRE_ALL
  }

  private record Step(Act act, long high, long low, int amount) {}

  private record Key(long high, long low) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Act> acts =
        Arbitraries.frequencyOf(
            Tuple.of(30, Arbitraries.just(Act.ADD)),
            Tuple.of(10, Arbitraries.just(Act.MOVE)),
            Tuple.of(4, Arbitraries.just(Act.FORGET)),
            Tuple.of(5, Arbitraries.just(Act.RETIRE_LEAST)),
            Tuple.of(5, Arbitraries.just(Act.WAIT)),
            Tuple.of(2, Arbitraries.just(Act.REPLACE)),
            Tuple.of(1, Arbitraries.just(Act.RETIRE_ALL)));
    // The home is told by the high half of the low word: the first slot, the last, or any.
    Arbitrary<Long> lows =
        Arbitraries.oneOf(
            Arbitraries.longs().between(0, 40),
            Arbitraries.longs().between(0, 40).map(i -> -1L << 32 | i),
            Arbitraries.longs().between(0, 600).map(i -> i << 55 | i));
    return Combinators.combine(
            acts, Arbitraries.longs().between(1, 3), lows, Arbitraries.integers().between(0, 1_500))
        .as(Step::new)
        .list()
        .ofMaxSize(400);
  }

  @Property(tries = 500)
  void m2_holdsWhatAMapHoldsAndForgetsWhatHasRefilled(
      @ForAll("steps") List<Step> steps, @ForAll @IntRange(min = 1, max = 3) int rates) {
    BucketTable table = BucketTable.withRoomFor(1, rates);
    Map<Key, long[]> map = new HashMap<>();
    long now = 0;
    for (Step step : steps) {
      Key key = new Key(step.high(), step.low());
      long state = now + step.amount();
      switch (step.act()) {
        case ADD -> {
          if (!map.containsKey(key)) {
            if (table.isCrowded()) {
              table = replaced(table);
            }
            map.put(key, add(table, key, state, rates));
          }
        }
        case MOVE -> move(table, map.get(key), key, state);
        case FORGET -> {
          table.forget(now);
          long present = now;
          map.values().removeIf(states -> largest(states) <= present);
        }
        case RETIRE_LEAST -> retireLeast(table, map, now);
        case WAIT -> now += step.amount();
        case REPLACE -> {
          BucketTable old = table;
          table = replaced(old);
          assertThat(old.live()).isZero();
          assertThat(old.find(key.high(), key.low())).isNegative();
        }
        case RETIRE_ALL -> {
          table.retireAll();
          map.clear();
        }
      }
      assertSame(table, map, rates);
    }
  }

  private static BucketTable replaced(BucketTable table) {
    BucketTable next = BucketTable.withRoomFor(table.live() + 1, table.rates());
    table.moveTo(next);
    return next;
  }

  private static long[] add(BucketTable table, Key key, long state, int rates) {
    int at = table.reserve(key.low());
    long[] states = new long[rates];
    for (int i = 0; i < rates; i++) {
      states[i] = state + 7L * i;
      table.setState(at, i, states[i]);
      table.setFill(at, i, FILL);
    }
    assertThat(table.find(key.high(), key.low())).isNegative();
    table.show(at, key.high(), key.low());
    return states;
  }

  private static void move(BucketTable table, long[] states, Key key, long state) {
    if (states != null) {
      int at = table.find(key.high(), key.low());
      assertThat(table.moveState(at, states[0] + 1, state)).isFalse();
      assertThat(table.moveState(at, states[0], state)).isTrue();
      states[0] = state;
    }
  }

  /** Who is chosen among at most sixteen misses least of all, and is found no more. */
  private static void retireLeast(BucketTable table, Map<Key, long[]> map, long now) {
    int at = table.leastMissing(now);
    assertThat(at < 0).isEqualTo(map.isEmpty());
    if (at < 0) {
      return;
    }
    long share = table.missing(at, now);
    if (map.size() <= 16) {
      map.values()
          .forEach(
              states ->
                  assertThat(Fill.share(largest(states) - now, Fill.encode(FILL)))
                      .isGreaterThanOrEqualTo(share));
    }
    assertThat(table.retire(at)).isNotNegative();
    assertThat(table.retire(at)).isEqualTo(BucketTable.RETIRED);
    int before = map.size();
    map.keySet().removeIf(key -> table.find(key.high(), key.low()) < 0);
    assertThat(map).hasSize(before - 1);
  }

  private static long largest(long[] states) {
    long largest = states[0];
    for (long state : states) {
      largest = Math.max(largest, state);
    }
    return largest;
  }

  private static void assertSame(BucketTable table, Map<Key, long[]> map, int rates) {
    assertThat(table.live()).isEqualTo(map.size());
    // Never all of them, so that every search ends.
    assertThat(table.live()).isLessThan(table.slots());
    map.forEach(
        (key, states) -> {
          int at = table.find(key.high(), key.low());
          assertThat(at).isNotNegative();
          for (int i = 0; i < rates; i++) {
            assertThat(table.state(at, i)).isEqualTo(states[i]);
          }
        });
    assertThat(table.find(1L << 60, 77)).isNegative();
  }
}
