package io.traffik.memory;

/**
 * Encodes the time in which an empty bucket fills, as its reciprocal in sixteen bits: six bits of
 * exponent and ten of mantissa. They are bits of a {@code double}, so that computing a share needs
 * no division.
 */
final class FillTimeCodec {

  /** The bits of a double's 52-bit mantissa that the code drops. */
  private static final int DROPPED_BITS = 52 - 10;

  /** The upper bits of 2^−63; the reciprocal of a number of nanoseconds is never smaller. */
  private static final long SMALLEST = (Double.MAX_EXPONENT - 63L) << (52 - DROPPED_BITS);

  /** The whole capacity, as a share. */
  static final double WHOLE = 1;

  private FillTimeCodec() {}

  /**
   * Encodes a fill time; the reciprocal is rounded up by less than a thousandth.
   *
   * @param nanos at least 1
   */
  static char encode(long nanos) {
    long bits = Double.doubleToRawLongBits(1.0 / nanos);
    return (char) (((bits - 1) >>> DROPPED_BITS) + 1 - SMALLEST);
  }

  /**
   * The missing share of a bucket's capacity; 0 for a full bucket.
   *
   * @param missingNanos the time until the bucket is full
   */
  static double share(long missingNanos, char fill) {
    return Math.max(0, missingNanos) * Double.longBitsToDouble((fill + SMALLEST) << DROPPED_BITS);
  }
}
