package io.traffik.memory;

/**
 * The time in which a bucket fills, as its reciprocal in sixteen bits: six of exponent, ten of
 * mantissa. They are those of a {@code double}, so that a share of it takes no division.
 */
final class FillTimeCodec {

  /** How many of the 52 bits of a double's mantissa are left away. */
  private static final int DROPPED_BITS = 52 - 10;

  /** The bits above those of 2^−63, less than which no reciprocal of nanoseconds is. */
  private static final long SMALLEST = (Double.MAX_EXPONENT - 63L) << (52 - DROPPED_BITS);

  /** A whole capacity, as a share. */
  static final double WHOLE = 1;

  private FillTimeCodec() {}

  /**
   * Rounds the reciprocal up, by less than a thousandth.
   *
   * @param nanos at least 1
   */
  static char encode(long nanos) {
    long bits = Double.doubleToRawLongBits(1.0 / nanos);
    return (char) (((bits - 1) >>> DROPPED_BITS) + 1 - SMALLEST);
  }

  /**
   * What is missing as a share of the capacity; 0 if nothing is.
   *
   * @param missingNanos how long until the bucket is full
   */
  static double share(long missingNanos, char fill) {
    return Math.max(0, missingNanos) * Double.longBitsToDouble((fill + SMALLEST) << DROPPED_BITS);
  }
}
