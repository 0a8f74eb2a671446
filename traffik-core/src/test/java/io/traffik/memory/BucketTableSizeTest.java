package io.traffik.memory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How much memory a table takes and gives back, and who gives way in it. */
class BucketTableSizeTest {

  private static final long HOUR = 3_600_000_000_000L;
  private static final long LONGEST = 51_135L * 24 * HOUR;

  private final BucketTable table = new BucketTable();

  @Test
  void m2_anEmptyTableHoldsNoMemoryAndGivesAllOfItBack() {
    assertThat(table.slots()).isEqualTo(1);
    fill(0, 1_000, 10);
    assertThat(table.slots()).isEqualTo(2_048);
    assertThat(table.sweep(table.slots(), 10)).isEqualTo(1_000);
    assertThat(table.slots()).isEqualTo(1);
    assertThat(table.find(spread(5), 5)).isNegative();
  }

  @Test
  void m2_aTableShrinksWithItsEntries() {
    fill(0, 990, 10);
    fill(990, 1_000, 1_000);
    for (int sweeps = 0; sweeps < 100; sweeps++) {
      table.sweep(64, 10);
    }
    assertThat(table.size()).isEqualTo(10);
    assertThat(table.slots()).isLessThanOrEqualTo(128);
    for (long i = 990; i < 1_000; i++) {
      assertThat(table.fullAt(table.find(spread(i), i))).isEqualTo(1_000);
    }
  }

  @Test
  void m2_aSweepTakesNoMoreStepsThanAsked() {
    fill(0, 700, 10);
    // 1,024 slots, so about 44 entries in 64 of them; a step may meet some that were moved back.
    assertThat(table.sweep(64, 10)).isBetween(16, 128);
  }

  @Test
  void m3_theSmallestMissingShareGivesWayWhateverThePeriod() {
    // Half of 140 years is missing, a third of a nanosecond's thousand, and nearly all of an hour.
    table.insert(2, 2, LONGEST / 2, LONGEST);
    table.insert(3, 3, 333, 1_000);
    table.insert(4, 4, HOUR - 1, HOUR);
    assertThat(table.giveWay(LONGEST, LONGEST, 0)).isEqualTo(BucketTable.EVICTED);
    assertThat(table.find(3, 3)).isNegative();
    assertThat(table.giveWay(LONGEST, LONGEST, 0)).isEqualTo(BucketTable.EVICTED);
    assertThat(table.find(2, 2)).isNegative();
    assertThat(table.giveWay(HOUR / 3, HOUR, 0)).isEqualTo(BucketTable.NEWCOMER_GIVES_WAY);
    assertThat(table.giveWay(HOUR / 3, HOUR, HOUR)).isEqualTo(BucketTable.FORGOTTEN);
    assertThat(table.size()).isZero();
  }

  private void fill(long from, long to, long fullAt) {
    for (long i = from; i < to; i++) {
      table.insert(spread(i), i, fullAt, 1_000);
    }
  }

  /** Fingerprints lie spread over the slots, as those of keys do. */
  private static long spread(long number) {
    return number * 0xbf58476d1ce4e5b9L;
  }
}
