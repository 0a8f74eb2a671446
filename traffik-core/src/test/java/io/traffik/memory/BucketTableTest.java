package io.traffik.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Rate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
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

/**
 * Random operations on a table, compared with a {@link HashMap}. The fingerprints collide in few
 * home slots.
 */
class BucketTableTest {

  private static final int MOST_RATES = 5;
  private static final RateListRegistry LISTS = lists(7);

  /**
   * Lists whose fill times differ, and those of their rates, but too little to change which key is
   * the fullest.
   */
  private static RateListRegistry lists(int number) {
    RateListRegistry lists = new RateListRegistry();
    for (int list = 0; list < number; list++) {
      List<Rate> rates = new ArrayList<>();
      for (int rate = 0; rate < MOST_RATES; rate++) {
        rates.add(Rate.of(1, Duration.ofNanos(1_024_000 + 3_000L * list + 9_000L * rate)));
      }
      assertThat(lists.of(rates).index()).isEqualTo(list + 1);
    }
    return lists;
  }

  /** The operations on a table. */
  private enum Act {
    ADD,
    MOVE,
    REMOVE_FULL,
    REMOVE_LEAST,
    TAKE_PLACE_OF_LEAST,
    WAIT,
    REPLACE,
    RETIRE_ALL
  }

  private record TableStep(Act act, long high, long low, int amount) {}

  private record Key(long high, long low) {

    long tag() {
      return Slots.tag(high, low);
    }
  }

  @Provide
  Arbitrary<List<TableStep>> steps() {
    Arbitrary<Act> acts =
        Arbitraries.frequencyOf(
            Tuple.of(30, Arbitraries.just(Act.ADD)),
            Tuple.of(10, Arbitraries.just(Act.MOVE)),
            Tuple.of(4, Arbitraries.just(Act.REMOVE_FULL)),
            Tuple.of(5, Arbitraries.just(Act.REMOVE_LEAST)),
            Tuple.of(10, Arbitraries.just(Act.TAKE_PLACE_OF_LEAST)),
            Tuple.of(5, Arbitraries.just(Act.WAIT)),
            Tuple.of(2, Arbitraries.just(Act.REPLACE)),
            Tuple.of(1, Arbitraries.just(Act.RETIRE_ALL)));
    // The upper half of the low word selects the home slot: the first, the last, or any.
    Arbitrary<Long> lows =
        Arbitraries.oneOf(
            Arbitraries.longs().between(0, 40).map(i -> low(0, i)),
            Arbitraries.longs().between(0, 40).map(i -> low(-1L << 32, i)),
            Arbitraries.longs().between(0, 600).map(i -> low(i << 55, i)));
    return Combinators.combine(
            acts, Arbitraries.longs().between(1, 3), lows, Arbitraries.integers().between(0, 1_500))
        .as(TableStep::new)
        .list()
        .ofMaxSize(400);
  }

  @Property(tries = 500)
  void m2_holdsWhatAMapHoldsAndForgetsWhatHasRefilled(
      @ForAll("steps") List<TableStep> steps, @ForAll @IntRange(min = 1, max = 3) int rates) {
    BucketTable table = BucketTable.withRoomFor(1, rates);
    Map<Key, long[]> map = new HashMap<>();
    long now = 0;
    for (TableStep step : steps) {
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
        case REMOVE_FULL -> {
          table.removeFull(now);
          long present = now;
          map.values().removeIf(states -> largest(states) <= present);
        }
        case REMOVE_LEAST -> removeLeast(table, map, step.low(), now);
        case TAKE_PLACE_OF_LEAST -> {
          if (!map.containsKey(key)) {
            takePlaceOfLeast(table, map, key, state, now);
          }
        }
        case WAIT -> now += step.amount();
        case REPLACE -> {
          BucketTable old = table;
          table = replaced(old);
          for (Key each : map.keySet()) {
            assertThat(old.state(old.find(each.high(), each.low()), 0)).isEqualTo(Slots.RETIRED);
          }
        }
        case RETIRE_ALL -> {
          table.retireAll();
          for (Key each : map.keySet()) {
            assertThat(table.state(table.find(each.high(), each.low()), 0))
                .isEqualTo(Slots.RETIRED);
          }
          map.clear();
          table = BucketTable.withRoomFor(1, rates);
        }
      }
      assertSame(table, map, rates);
    }
  }

  /** A key has the same rates each time, so that a table holds it once. */
  private static long low(long home, long number) {
    return home | number << 16 | 1 + (number & 3);
  }

  private static BucketTable replaced(BucketTable table) {
    BucketTable next = BucketTable.withRoomFor(table.live() + 1, table.rates());
    table.moveAllTo(next);
    return next;
  }

  private static long[] add(BucketTable table, Key key, long state, int rates) {
    int slot = table.freeSlotFor(key.low());
    assertThat(table.isUsed(slot)).isFalse();
    assertThat(table.isReachable(slot, key.low())).isTrue();
    return put(table, slot, key, state, rates);
  }

  private static long[] put(BucketTable table, int slot, Key key, long state, int rates) {
    assertThat(table.find(key.high(), key.low())).isNegative();
    table.setKey(slot, key.high(), key.low());
    assertThat(table.find(key.high(), key.low())).isEqualTo(slot);
    assertThat(table.word(slot)).isEqualTo(Slots.RETIRED);
    long[] states = new long[rates];
    for (int i = rates - 1; i >= 0; i--) {
      states[i] = state + 7L * i;
      table.setBucket(slot, i, states[i]);
    }
    return states;
  }

  private static void takePlaceOfLeast(
      BucketTable table, Map<Key, long[]> map, Key key, long state, long now) {
    int slot = table.fullestOfSample(key.low(), 3, LISTS, now);
    if (slot < 0 || !table.isReachable(slot, key.low())) {
      return;
    }
    Key chosen = keyIn(slot, table, map);
    assertThat(table.retireForReplacement(slot, now)).isEqualTo(largest(map.remove(chosen)) <= now);
    long changes = table.changes();
    map.put(key, put(table, slot, key, state, table.rates()));
    assertThat(table.changes()).isGreaterThan(changes);
    assertThat(table.find(chosen.high(), chosen.low())).isNegative();
  }

  private static Key keyIn(int slot, BucketTable table, Map<Key, long[]> map) {
    return map.keySet().stream()
        .filter(key -> table.find(key.high(), key.low()) == slot)
        .findAny()
        .orElseThrow();
  }

  private static void move(BucketTable table, long[] states, Key key, long state) {
    if (states != null) {
      int slot = table.find(key.high(), key.low());
      assertThat(table.compareAndSetState(slot, key.tag(), states[0] + 1, state)).isFalse();
      assertThat(table.compareAndSetState(slot, new Key(7, key.low()).tag(), states[0], state))
          .isFalse();
      assertThat(table.compareAndSetState(slot, key.tag(), states[0], state)).isTrue();
      states[0] = state;
    }
  }

  /** The key chosen from at most eight is the fullest, and is no longer found after its removal. */
  private static void removeLeast(BucketTable table, Map<Key, long[]> map, long low, long now) {
    int slot = table.fullestOfSample(low, 8, LISTS, now);
    assertThat(slot < 0).isEqualTo(map.isEmpty());
    if (slot < 0) {
      return;
    }
    double share = table.missingShare(slot, LISTS, now);
    if (map.size() <= 8) {
      map.forEach(
          (key, states) -> {
            double most = 0;
            for (int i = 0; i < states.length; i++) {
              most = Math.max(most, LISTS.get(key.low()).share(i, states[i] - now));
            }
            assertThat(most).isGreaterThanOrEqualTo(share);
          });
    }
    long changes = table.changes();
    Key chosen = keyIn(slot, table, map);
    long[] states = map.remove(chosen);
    if ((low & 1 << 16) == 0) {
      assertThat(table.remove(slot, now)).isEqualTo(largest(states) <= now);
    } else {
      assertChangesRates(table, slot, chosen, states);
    }
    assertThat(table.changes()).isGreaterThan(changes);
    assertThat(table.find(chosen.high(), chosen.low())).isNegative();
  }

  /** The key gets other rates in its slot, and then more rates in a wider table. */
  private static void assertChangesRates(BucketTable table, int slot, Key key, long[] states) {
    Key other = new Key(key.high(), key.low() ^ 7);
    long word = table.retire(slot);
    assertThat(table.states(slot, word)).isEqualTo(states);
    table.changeRates(slot, table, other.low(), states);
    assertThat(table.find(key.high(), key.low())).isNegative();
    assertThat(table.find(other.high(), other.low())).isEqualTo(slot);
    assertThat(table.findWithAnyRates(key.high(), key.low())).isEqualTo(slot);
    assertThat(table.state(slot, other.tag())).isEqualTo(states[0]);

    BucketTable wider = BucketTable.withRoomFor(1, table.rates() + 2);
    long[] more = Arrays.copyOf(states, table.rates() + 2);
    more[table.rates()] = 77;
    assertThat(table.states(slot, table.retire(slot))).isEqualTo(states);
    table.changeRates(slot, wider, key.low(), more);
    assertThat(wider.live()).isEqualTo(1);
    int found = wider.find(key.high(), key.low());
    assertThat(wider.state(found, key.tag())).isEqualTo(states[0]);
    assertThat(wider.states(found, wider.retire(found))).isEqualTo(more);
    assertThat(table.findWithAnyRates(key.high(), key.low())).isNegative();
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
    // One slot stays free, so that every search ends.
    assertThat(table.live()).isLessThan(table.slots());
    map.forEach(
        (key, states) -> {
          int slot = table.find(key.high(), key.low());
          assertThat(slot).isNotNegative();
          assertThat(table.state(slot, key.tag())).isEqualTo(states[0]);
          for (int i = 1; i < rates; i++) {
            assertThat(table.laterState(slot, i)).isEqualTo(states[i]);
          }
        });
    assertThat(table.find(1L << 60, 77)).isNegative();
  }
}
