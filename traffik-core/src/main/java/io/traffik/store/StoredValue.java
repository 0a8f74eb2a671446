package io.traffik.store;

import io.traffik.BackendException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The encoded buckets of one key: the time of the last write, and for each bucket the time at which
 * it is full again, and the interval in which one token refills.
 *
 * <pre>
 *   bytes   1          8              for each rate                              4
 *           format 2   last written   1 to 9: time until full                    CRC-32C of all
 *                                     1 to 9: time per token, unless it is full  bytes before
 * </pre>
 *
 * <p>Instants are nanoseconds since 1970, and times are nanoseconds. The time until full counts
 * from the last write. Times are encoded as LEB128: seven bits per byte, lowest first, with the top
 * bit set on all bytes except the last. A full bucket has no interval, and full buckets at the end
 * are omitted. The checksum detects values that were truncated, transcoded or written by other
 * programs.
 */
final class StoredValue {

  private static final byte FORMAT = 2;
  private static final int HEADER_BYTES = 1 + Long.BYTES;
  private static final int CHECKSUM_BYTES = Integer.BYTES;
  private static final int MAX_VARINT_BYTES = 9;

  private final long written;
  private final long[] fullAt;
  private final long[] intervals;

  StoredValue(long written, long[] fullAt, long[] intervals) {
    this.written = written;
    this.fullAt = fullAt;
    this.intervals = intervals;
  }

  /** The time of the last write, by the clock that was furthest ahead. */
  long written() {
    return written;
  }

  /** The time at which each bucket is full, in order of the rates; at least {@link #written()}. */
  long[] fullAt() {
    return fullAt;
  }

  /** The nanoseconds per token with which each instant was written; 0 for a full bucket. */
  long[] intervals() {
    return intervals;
  }

  byte[] bytes() {
    int rates = encodedRates();
    ByteBuffer out =
        ByteBuffer.allocate(HEADER_BYTES + rates * 2 * MAX_VARINT_BYTES + CHECKSUM_BYTES);
    out.put(FORMAT).putLong(written);
    for (int i = 0; i < rates; i++) {
      // A bucket that was never hit has an instant from which nothing can be subtracted.
      long untilFull = fullAt[i] <= written ? 0 : fullAt[i] - written;
      putVarint(out, untilFull);
      if (untilFull > 0) {
        putVarint(out, intervals[i]);
      }
    }
    out.putInt(checksum(out.array(), out.position()));
    return Arrays.copyOf(out.array(), out.position());
  }

  /** The number of rates up to the last bucket that is not full. */
  private int encodedRates() {
    int rates = fullAt.length;
    while (rates > 0 && fullAt[rates - 1] <= written) {
      rates--;
    }
    return rates;
  }

  /**
   * Decodes a value that {@link #bytes()} encoded.
   *
   * @throws BackendException if the bytes are anything else
   */
  static StoredValue of(byte[] bytes, String key) {
    int end = bytes.length - CHECKSUM_BYTES;
    if (end < 1 || ByteBuffer.wrap(bytes).getInt(end) != checksum(bytes, end)) {
      throw unreadable(key, bytes.length + " bytes with a wrong checksum");
    }
    if (bytes[0] != FORMAT) {
      throw unreadable(key, "format " + bytes[0] + " of another Traffik version");
    }
    StoredValue value = end < HEADER_BYTES ? null : read(ByteBuffer.wrap(bytes, 1, end - 1));
    if (value == null) {
      throw unreadable(key, "a time out of range");
    }
    return value;
  }

  private static @Nullable StoredValue read(ByteBuffer in) {
    long written = in.getLong();
    boolean valid = inRange(written);
    long[] fullAt = new long[in.remaining()];
    long[] intervals = new long[in.remaining()];
    int rates = 0;
    while (valid && in.hasRemaining()) {
      long untilFull = varint(in);
      long interval = untilFull > 0 ? varint(in) : 0;
      valid = inRange(untilFull) && (untilFull == 0 || (interval > 0 && inRange(interval)));
      fullAt[rates] = written + untilFull;
      intervals[rates++] = interval;
    }
    return valid
        ? new StoredValue(written, Arrays.copyOf(fullAt, rates), Arrays.copyOf(intervals, rates))
        : null;
  }

  private static boolean inRange(long nanos) {
    return nanos >= 0 && nanos <= WallClock.MAX_NANOS;
  }

  private static BackendException unreadable(String key, String problem) {
    return new BackendException(
        "The value of key \""
            + key
            + "\" is not one that this backend wrote: "
            + problem
            + ". Remove it, or choose another namespace for the backend.");
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, 0, length);
    return (int) checksum.getValue();
  }

  private static void putVarint(ByteBuffer out, long value) {
    long rest = value;
    while (rest > 0x7f) {
      out.put((byte) (rest | 0x80));
      rest >>>= 7;
    }
    out.put((byte) rest);
  }

  /** Reads the next number, or returns −1 if it has no last byte. */
  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; shift < MAX_VARINT_BYTES * 7 && in.hasRemaining(); shift += 7) {
      byte next = in.get();
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    return -1;
  }
}
