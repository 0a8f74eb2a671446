package io.traffik.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.traffik.BackendException;
import io.traffik.Rate;
import io.traffik.bucket.TokenBucket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** The encoding of stored values, and the detection of values from other programs. */
class StoredValueTest {

  private static final long LONGEST = Rate.of(1, Duration.ofDays(51_135)).fillNanos();

  @Provide
  Arbitrary<Long> instants() {
    return Arbitraries.oneOf(
        Arbitraries.of(0L, 1L, WallClock.MAX_NANOS),
        Arbitraries.longs().between(0, WallClock.MAX_NANOS));
  }

  @Provide
  Arbitrary<long[]> waits() {
    return Arbitraries.oneOf(
            Arbitraries.of(0L, 0L, 1L, 127L, 128L, 16_383L, 16_384L, LONGEST),
            Arbitraries.longs().between(0, LONGEST))
        .list()
        .ofMaxSize(16)
        .map(list -> list.stream().mapToLong(Long::longValue).toArray());
  }

  @Property
  void l7_decodingRestoresTheValue(
      @ForAll("instants") long written, @ForAll("waits") long[] waits) {
    StoredValue read = StoredValue.of(value(written, waits).bytes(), "key");
    assertThat(read.written()).isEqualTo(written);
    long[] padded = Arrays.copyOf(read.fullAt(), waits.length);
    Arrays.fill(padded, read.fullAt().length, padded.length, written);
    assertThat(Arrays.stream(padded).map(instant -> instant - written).toArray()).isEqualTo(waits);
    for (int i = 0; i < read.intervals().length; i++) {
      assertThat(read.intervals()[i]).isEqualTo(waits[i] == 0 ? 0 : interval(i, waits[i]));
    }
  }

  private static StoredValue value(long written, long... waits) {
    long[] fullAt = Arrays.stream(waits).map(wait -> written + wait).toArray();
    long[] intervals = new long[waits.length];
    Arrays.setAll(intervals, i -> interval(i, waits[i]));
    return new StoredValue(written, fullAt, intervals);
  }

  /** An interval for a rate: one of every length of the encoding. */
  private static long interval(int index, long wait) {
    return index % 2 == 0 ? 1 + wait / 100 : LONGEST - index;
  }

  @Property
  void l7_isCompact(@ForAll("instants") long written, @ForAll("waits") long[] waits) {
    assertThat(value(written, waits).bytes()).hasSizeLessThanOrEqualTo(301);
    assertThat(value(written, 60_000_000_000L).bytes()).hasSize(24);
    assertThat(value(written, 60_000_000_000L, 0, 0).bytes()).hasSize(24);
  }

  @Example
  void b10_aBucketThatWasNeverHitIsStoredAsFull() {
    long[] fullAt = {TokenBucket.FULL, 5, TokenBucket.FULL};
    StoredValue read =
        StoredValue.of(new StoredValue(3, fullAt, new long[] {0, 7, 0}).bytes(), "key");
    assertThat(read.fullAt()).containsExactly(3, 5);
    assertThat(read.intervals()).containsExactly(0, 7);
  }

  /** Other versions must read this format; a change needs another format number. */
  @Example
  void l7_formatTwoIsFixed() {
    long now = 1_767_225_600_000_000_000L;
    long[] fullAt = {now + 300, now + 1, now, now + 128, now};
    byte[] bytes = new StoredValue(now, fullAt, new long[] {100, 1, 9, 16_384, 9}).bytes();
    assertThat(HexFormat.of().formatHex(bytes))
        .isEqualTo(
            "02"
                + "18867251edfa0000"
                + "ac02"
                + "64"
                + "0101"
                + "00"
                + "8001"
                + "808001"
                + "e17080a9");
  }

  @Property
  void s5_aChangedByteIsDetected(
      @ForAll("instants") long written,
      @ForAll("waits") long[] waits,
      @ForAll int place,
      @ForAll @IntRange(min = 1, max = 255) int change) {
    byte[] bytes = value(written, waits).bytes();
    bytes[Math.floorMod(place, bytes.length)] ^= (byte) change;
    assertUnreadable(bytes, bytes.length + " bytes with a wrong checksum");
  }

  @Property
  void s5_foreignBytesAreDetected(@ForAll byte[] bytes) {
    assertUnreadable(bytes, bytes.length + " bytes with a wrong checksum");
  }

  @Property
  void s5_aTruncatedValueIsDetected(
      @ForAll("instants") long written, @ForAll("waits") long[] waits, @ForAll int length) {
    byte[] bytes = value(written, waits).bytes();
    byte[] truncated = Arrays.copyOf(bytes, Math.floorMod(length, bytes.length));
    assertUnreadable(truncated, truncated.length + " bytes with a wrong checksum");
  }

  @Example
  void s5_otherFormatsAndInvalidTimesAreDetected() {
    assertUnreadable(withChecksum("01" + "00"), "format 1 of another Traffik version");
    assertUnreadable(withChecksum("03" + "00".repeat(20)), "format 3 of another Traffik version");
    String now = "18867251edfa0000";
    assertThat(StoredValue.of(withChecksum("02" + now), "key").fullAt()).isEmpty();
    assertUnreadable(withChecksum("02"), "a time out of range");
    assertUnreadable(withChecksum("02" + "ff".repeat(8)), "a time out of range");
    assertUnreadable(withChecksum("02" + "40" + "00".repeat(7)), "a time out of range");
    assertUnreadable(withChecksum("02" + now + "80"), "a time out of range");
    assertUnreadable(withChecksum("02" + now + "ff".repeat(9)), "a time out of range");
    assertUnreadable(withChecksum("02" + now + "80".repeat(8) + "40"), "a time out of range");
    assertUnreadable(withChecksum("02" + now + "05"), "a time out of range");
    assertUnreadable(withChecksum("02" + now + "05" + "00"), "a time out of range");
    assertUnreadable(withChecksum("02" + now + "05" + "80"), "a time out of range");
    assertUnreadable(withChecksum("02" + now + "05" + "ff".repeat(9)), "a time out of range");
  }

  /** Appends the checksum to bytes. */
  private static byte[] withChecksum(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    CRC32C checksum = new CRC32C();
    checksum.update(bytes);
    return ByteBuffer.allocate(bytes.length + Integer.BYTES)
        .put(bytes)
        .putInt((int) checksum.getValue())
        .array();
  }

  private static void assertUnreadable(byte[] bytes, String problem) {
    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(() -> StoredValue.of(bytes, "app|api|x|"))
        .withMessage(
            "The value of key \"app|api|x|\" is not one that this backend wrote: "
                + problem
                + ". Remove it, or choose another namespace for the backend.");
  }
}
