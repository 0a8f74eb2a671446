package io.traffik.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.bucket.TokenBucket;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Random use of a table beside a {@link HashMap}, with fingerprints that all want few slots. */
class BucketTableTest {

  private static final long FILL = 1_000;

  /** What may be done to a table. */
  private enum Act {
    INSERT,
    REWRITE,
    SWEEP,
    GIVE_WAY,
    WAIT,
    CLEAR
  }

  private record Move(Act act, long high, long low, int amount) {}

  private record Key(long high, long low) {}

  @Provide
  Arbitrary<List<Move>> moves() {
    Arbitrary<Act> acts =
        Arbitraries.frequencyOf(
            Tuple.of(30, Arbitraries.just(Act.INSERT)),
            Tuple.of(5, Arbitraries.just(Act.REWRITE)),
            Tuple.of(5, Arbitraries.just(Act.SWEEP)),
            Tuple.of(5, Arbitraries.just(Act.GIVE_WAY)),
            Tuple.of(5, Arbitraries.just(Act.WAIT)),
            Tuple.of(1, Arbitraries.just(Act.CLEAR)));
    // Homes are the low bits: the first slot, the last, or any; zero is what marks a free slot.
    Arbitrary<Long> highs =
        Arbitraries.oneOf(
            Arbitraries.longs().between(0, 40).map(i -> i << 32),
            Arbitraries.longs().between(0, 40).map(i -> i << 32 | 0xffff_ffffL),
            Arbitraries.longs().between(2, 600));
    return Combinators.combine(
            acts,
            highs,
            Arbitraries.longs().between(0, 3),
            Arbitraries.integers().between(0, 1_500))
        .as(Move::new)
        .list()
        .ofMaxSize(400);
  }

  @Property(tries = 500)
  void m2_holdsWhatAMapHoldsAndForgetsWhatHasRefilled(@ForAll("moves") List<Move> moves) {
    BucketTable table = new BucketTable();
    Map<Key, Long> map = new HashMap<>();
    long now = 0;
    for (Move move : moves) {
      Key key = new Key(move.high(), move.low());
      long fullAt = now + move.amount() % FILL;
      switch (move.act()) {
        case INSERT -> {
          if (map.putIfAbsent(key, fullAt) == null) {
            table.insert(key.high(), key.low(), fullAt, FILL);
          }
        }
        case REWRITE -> {
          if (map.containsKey(key)) {
            map.put(key, fullAt);
            table.write(table.find(key.high(), key.low()), fullAt, FILL);
          }
        }
        case SWEEP -> {
          int forgotten = table.sweep(move.amount(), now);
          assertThat(removeGone(table, map, now)).isEqualTo(forgotten);
        }
        case GIVE_WAY -> {
          if (!map.isEmpty()) {
            giveWay(table, map, fullAt, now);
          }
        }
        case WAIT -> now += move.amount();
        case CLEAR -> {
          assertThat(table.clear()).isEqualTo(map.size());
          map.clear();
        }
      }
      assertSame(table, map);
    }
    table.sweep(table.slots(), now);
    removeGone(table, map, now);
    long present = now;
    assertThat(map.values()).as("left after a sweep of all slots").allMatch(at -> at > present);
    assertSame(table, map);
  }

  private static void giveWay(BucketTable table, Map<Key, Long> map, long fullAt, long now) {
    Map<Key, Long> before = new HashMap<>(map);
    int answer = table.giveWay(fullAt, FILL, now);
    map.keySet().removeIf(key -> table.find(key.high(), key.low()) < 0);
    before.keySet().removeAll(map.keySet());
    if (answer == BucketTable.NEWCOMER_GIVES_WAY) {
      assertThat(before).isEmpty();
      return;
    }
    assertThat(before).hasSize(1);
    long missing = before.values().iterator().next() - now;
    if (answer == BucketTable.FORGOTTEN) {
      assertThat(missing).isNotPositive();
    } else {
      assertThat(missing).isPositive().isLessThanOrEqualTo(fullAt - now);
    }
  }

  /** Takes out of the map what the table no longer has; that must have refilled. */
  private static int removeGone(BucketTable table, Map<Key, Long> map, long now) {
    int removed = 0;
    for (Iterator<Map.Entry<Key, Long>> entries = map.entrySet().iterator(); entries.hasNext(); ) {
      Map.Entry<Key, Long> entry = entries.next();
      if (table.find(entry.getKey().high(), entry.getKey().low()) < 0) {
        assertThat(entry.getValue()).as("%s", entry.getKey()).isLessThanOrEqualTo(now);
        entries.remove();
        removed++;
      }
    }
    return removed;
  }

  private static void assertSame(BucketTable table, Map<Key, Long> map) {
    assertThat(table.size()).isEqualTo(map.size());
    // At most three quarters taken, so that every search ends; and small again when emptied.
    assertThat(table.size() * 4).isLessThanOrEqualTo(table.slots() * 3);
    for (Map.Entry<Key, Long> entry : map.entrySet()) {
      int slot = table.find(entry.getKey().high(), entry.getKey().low());
      assertThat(slot).isNotNegative();
      assertThat(table.fullAt(slot)).isEqualTo(entry.getValue());
    }
    assertThat(table.find(1L << 60, 77)).isNegative();
    assertThat(table.fullAt(-1)).isEqualTo(TokenBucket.FULL);
  }
}
