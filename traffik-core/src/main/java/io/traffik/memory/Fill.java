package io.traffik.memory;

/** The time in which a bucket fills, kept in sixteen bits: six of exponent, ten of mantissa. */
final class Fill {

  private static final int MANTISSA_BITS = 10;
  private static final long MANTISSA = (1L << MANTISSA_BITS) - 1;

  /** A whole capacity, as a share. */
  static final long WHOLE = 1 << 16;

  private Fill() {}

  /**
   * Rounds down, by less than a thousandth.
   *
   * @param nanos at least 1
   */
  static char encode(long nanos) {
    int exponent = Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos);
    long mantissa =
        exponent >= MANTISSA_BITS
            ? nanos >>> (exponent - MANTISSA_BITS)
            : nanos << (MANTISSA_BITS - exponent);
    return (char) (exponent << MANTISSA_BITS | (mantissa & MANTISSA));
  }

  static long decode(char fill) {
    int exponent = fill >>> MANTISSA_BITS;
    long mantissa = (fill & MANTISSA) | (MANTISSA + 1);
    return exponent >= MANTISSA_BITS
        ? mantissa << (exponent - MANTISSA_BITS)
        : mantissa >>> (MANTISSA_BITS - exponent);
  }

  /**
   * What is missing as a share of the capacity, in 65,536ths; 0 if nothing is.
   *
   * @param missingNanos how long until the bucket is full
   */
  static long share(long missingNanos, char fill) {
    if (missingNanos <= 0) {
      return 0;
    }
    long nanos = decode(fill);
    return missingNanos < 1L << 46
        ? Math.max(1, missingNanos * WHOLE / nanos)
        : Math.max(1, missingNanos / Math.max(1, nanos / WHOLE));
  }
}
