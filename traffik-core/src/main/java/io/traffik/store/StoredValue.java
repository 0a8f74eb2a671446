package io.traffik.store;

import io.traffik.BackendException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The buckets of one key as the store keeps them: when they were last written, and when each will
 * be full again.
 *
 * <pre>
 *   bytes   1          8              up to 9 for each rate            4
 *           format 1   last written   time until full, base 128        CRC-32C of what is before
 * </pre>
 *
 * <p>Instants are nanoseconds since 1970. The time until full counts from the last write, seven
 * bits to a byte, the lowest first, the top bit set on all but the last byte (LEB128); full buckets
 * at the end are left out. The checksum keeps what was cut short, recoded or written by others from
 * being taken for a count.
 */
final class StoredValue {

  private static final byte FORMAT = 1;
  private static final int HEAD = 1 + Long.BYTES;
  private static final int CHECKSUM = Integer.BYTES;
  private static final int LONGEST_VARINT = 9;

  private final long written;
  private final long[] fullAt;

  StoredValue(long written, long[] fullAt) {
    this.written = written;
    this.fullAt = fullAt;
  }

  /** When this was written, by the clock that was furthest ahead. */
  long written() {
    return written;
  }

  /** When each bucket is full, in the order of the rates; not before {@link #written()}. */
  long[] fullAt() {
    return fullAt;
  }

  byte[] bytes() {
    ByteBuffer out = ByteBuffer.allocate(HEAD + fullAt.length * LONGEST_VARINT + CHECKSUM);
    out.put(FORMAT).putLong(written);
    for (int i = 0; i < places(); i++) {
      putVarint(out, Math.max(0, fullAt[i] - written));
    }
    out.putInt(checksum(out.array(), out.position()));
    return Arrays.copyOf(out.array(), out.position());
  }

  /** The number of places up to the last bucket that is not full. */
  private int places() {
    int places = fullAt.length;
    while (places > 0 && fullAt[places - 1] <= written) {
      places--;
    }
    return places;
  }

  /**
   * Reads what {@link #bytes()} wrote.
   *
   * @throws BackendException if it is anything else
   */
  static StoredValue of(byte[] bytes, String key) {
    int end = bytes.length - CHECKSUM;
    if (end < 1 || ByteBuffer.wrap(bytes).getInt(end) != checksum(bytes, end)) {
      throw unreadable(key, bytes.length + " bytes with a wrong checksum");
    }
    if (bytes[0] != FORMAT) {
      throw unreadable(key, "format " + bytes[0] + ", of another version of Traffik");
    }
    StoredValue value = end < HEAD ? null : read(ByteBuffer.wrap(bytes, 1, end - 1));
    if (value == null) {
      throw unreadable(key, "times out of range");
    }
    return value;
  }

  private static @Nullable StoredValue read(ByteBuffer in) {
    long written = in.getLong();
    boolean sound = inRange(written);
    long[] fullAt = new long[in.remaining()];
    int places = 0;
    while (sound && in.hasRemaining()) {
      long missing = varint(in);
      sound = inRange(missing);
      fullAt[places++] = written + missing;
    }
    return sound ? new StoredValue(written, Arrays.copyOf(fullAt, places)) : null;
  }

  private static boolean inRange(long nanos) {
    return nanos >= 0 && nanos <= WallClock.LATEST;
  }

  private static BackendException unreadable(String key, String what) {
    return new BackendException(
        "the value of key \""
            + key
            + "\" must be one that this backend wrote, byte for byte: "
            + what
            + "; remove it, or give the backend a namespace of its own");
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

  /** The next number, or −1 if it does not end. */
  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; shift < LONGEST_VARINT * 7 && in.hasRemaining(); shift += 7) {
      byte next = in.get();
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    return -1;
  }
}
