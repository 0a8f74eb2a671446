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

class StoredValueTest {

  private static final long LONGEST = Rate.of(1, Duration.ofDays(51_135)).fillNanos();

  @Provide
  Arbitrary<Long> instants() {
    return Arbitraries.oneOf(
        Arbitraries.of(0L, 1L, WallClock.LATEST), Arbitraries.longs().between(0, WallClock.LATEST));
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
  void l7_whatWasWrittenIsRead(@ForAll("instants") long written, @ForAll("waits") long[] waits) {
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

  /** What other versions must read: changing it needs another format number. */
  @Example
  void l7_formatOneIsFixed() {
    byte[] bytes = value(1_767_225_600_000_000_000L, 300, 1, 0, 128, 0).bytes();
    assertThat(HexFormat.of().formatHex(bytes))
        .isEqualTo("01" + "18867251edfa0000" + "ac02" + "01" + "00" + "8001" + "468d46bf");
  }

  @Property
  void s5_aChangedByteIsSeen(
      @ForAll("instants") long written,
      @ForAll("waits") long[] waits,
      @ForAll int place,
      @ForAll @IntRange(min = 1, max = 255) int change) {
    byte[] bytes = value(written, waits).bytes();
    bytes[Math.floorMod(place, bytes.length)] ^= (byte) change;
    assertUnreadable(bytes, bytes.length + " bytes with a wrong checksum");
  }

  @Property
  void s5_bytesOfOthersAreSeen(@ForAll byte[] bytes) {
    assertUnreadable(bytes, bytes.length + " bytes with a wrong checksum");
  }

  @Property
  void s5_aValueThatWasCutShortIsSeen(
      @ForAll("instants") long written, @ForAll("waits") long[] waits, @ForAll int length) {
    byte[] bytes = value(written, waits).bytes();
    byte[] cut = Arrays.copyOf(bytes, Math.floorMod(length, bytes.length));
    assertUnreadable(cut, cut.length + " bytes with a wrong checksum");
  }

  @Example
  void s5_anotherFormatAndImpossibleTimesAreSeen() {
    assertUnreadable(sealed("02" + "00"), "format 2, of another version of Traffik");
    assertUnreadable(sealed("02" + "00".repeat(20)), "format 2, of another version of Traffik");
    String now = "18867251edfa0000";
    assertThat(StoredValue.of(sealed("01" + now), "key").fullAt()).isEmpty();
    assertUnreadable(sealed("01"), "times out of range");
    assertUnreadable(sealed("01" + "ff".repeat(8)), "times out of range");
    assertUnreadable(sealed("01" + "40" + "00".repeat(7)), "times out of range");
    assertUnreadable(sealed("01" + now + "80"), "times out of range");
    assertUnreadable(sealed("01" + now + "ff".repeat(9)), "times out of range");
    assertUnreadable(sealed("01" + now + "80".repeat(8) + "40"), "times out of range");
  }

  /** Bytes with the checksum that belongs to them. */
  private static byte[] sealed(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    CRC32C checksum = new CRC32C();
    checksum.update(bytes);
    return ByteBuffer.allocate(bytes.length + Integer.BYTES)
        .put(bytes)
        .putInt((int) checksum.getValue())
        .array();
  }

  private static void assertUnreadable(byte[] bytes, String what) {
    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(() -> StoredValue.of(bytes, "app|api|x|"))
        .withMessage(
            "the value of key \"app|api|x|\" must be one that this backend wrote, byte for byte: "
                + what
                + "; remove it, or give the backend a namespace of its own");
  }
}
