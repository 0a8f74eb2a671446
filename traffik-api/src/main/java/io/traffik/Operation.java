package io.traffik;

/**
 * What a {@link Backend} is asked to do with the buckets of a key. Later versions may ask for more;
 * a backend that does not know what it is asked for throws {@link UnsupportedOperationException}.
 */
public enum Operation {
  /** Takes the cost from every bucket if every bucket has it, else takes nothing. */
  HIT,
  /** Answers as {@link #HIT} would and takes nothing. */
  PEEK,
  /** Gives the cost back to every bucket, up to its capacity. */
  REFUND
}
