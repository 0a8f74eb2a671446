package io.traffik.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.traffik.BackendException;
import io.traffik.Rate;
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
  }

  private static StoredValue value(long written, long... waits) {
    return new StoredValue(written, Arrays.stream(waits).map(wait -> written + wait).toArray());
  }

  @Property
  void l7_isCompact(@ForAll("instants") long written, @ForAll("waits") long[] waits) {
    assertThat(value(written, waits).bytes()).hasSizeLessThanOrEqualTo(157);
    assertThat(value(written, 60_000_000_000L).bytes()).hasSize(19);
    assertThat(value(written, 60_000_000_000L, 0, 0).bytes()).hasSize(19);
  }

  /** Other versions must read this format; a change needs another format number. */
  @Example
  void l7_formatOneIsFixed() {
    byte[] bytes = value(1_767_225_600_000_000_000L, 300, 1, 0, 128, 0).bytes();
    assertThat(HexFormat.of().formatHex(bytes))
        .isEqualTo("01" + "18867251edfa0000" + "ac02" + "01" + "00" + "8001" + "468d46bf");
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
    assertUnreadable(withChecksum("02" + "00"), "format 2 of another Traffik version");
    assertUnreadable(withChecksum("02" + "00".repeat(20)), "format 2 of another Traffik version");
    String now = "18867251edfa0000";
    assertThat(StoredValue.of(withChecksum("01" + now), "key").fullAt()).isEmpty();
    assertUnreadable(withChecksum("01"), "a time out of range");
    assertUnreadable(withChecksum("01" + "ff".repeat(8)), "a time out of range");
    assertUnreadable(withChecksum("01" + "40" + "00".repeat(7)), "a time out of range");
    assertUnreadable(withChecksum("01" + now + "80"), "a time out of range");
    assertUnreadable(withChecksum("01" + now + "ff".repeat(9)), "a time out of range");
    assertUnreadable(withChecksum("01" + now + "80".repeat(8) + "40"), "a time out of range");
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
