package io.traffik.jmh.baseline;

import io.traffik.jmh.workload.BenchmarkLimit;
import io.traffik.jmh.workload.Limiter;
import java.security.SecureRandom;

/**
 * An {@link OpenAddressingTable} under a keyed hash that no client can predict, as rule K1 requires
 * of the store: SipHash-1-3 with 128 bits of output under a random seed. The difference to {@link
 * OpenAddressingBaseline} is the cost of that safety.
 *
 * <p>Every hit reads all characters of the identity, eight at a time, as the store does. The hash
 * covers the identity alone, as if the throttle and the route had been hashed before. Characters
 * above one byte are rejected. All 128 bits are computed: one half is the fingerprint, the other
 * one chooses the slot.
 */
public final class KeyedOpenAddressingBaseline implements Limiter {

  private static final int CLOSING_ROUNDS = 3;

  private final OpenAddressingTable table;
  private final long seed0;
  private final long seed1;

  /** Creates a table for a number of clients, with a random seed. */
  public KeyedOpenAddressingBaseline(BenchmarkLimit limit, int clients) {
    this(new OpenAddressingTable(limit, clients), new SecureRandom());
  }

  private KeyedOpenAddressingBaseline(OpenAddressingTable table, SecureRandom random) {
    this(table, random.nextLong(), random.nextLong());
  }

  public KeyedOpenAddressingBaseline(OpenAddressingTable table, long seed0, long seed1) {
    this.table = table;
    this.seed0 = seed0;
    this.seed1 = seed1;
  }

  @Override
  public boolean hit(String identity) {
    return decide(identity, false);
  }

  @Override
  public void consumeHalf(String identity) {
    decide(identity, true);
  }

  @Override
  public long size() {
    return table.size();
  }

  /** Passes both words of the hash as arguments; returning them would allocate. */
  private boolean decide(String message, boolean admitted) {
    long v0 = seed0 ^ 0x736f6d6570736575L;
    long v1 = seed1 ^ 0x646f72616e646f6dL ^ 0xee;
    long v2 = seed0 ^ 0x6c7967656e657261L;
    long v3 = seed1 ^ 0x7465646279746573L;
    int length = message.length();
    int all = 0;
    for (int from = 0; from <= length; from += 8) {
      boolean more = from + 8 <= length;
      int at = more ? from : length - 8;
      int left = length - from;
      long word = 0;
      // Fewer than eight characters are left: read the last eight and shift out those already
      // hashed.
      // The processor would mispredict a loop. The store does the same.
      if (at >= 0) {
        int c0 = message.charAt(at);
        int c1 = message.charAt(at + 1);
        int c2 = message.charAt(at + 2);
        int c3 = message.charAt(at + 3);
        int c4 = message.charAt(at + 4);
        int c5 = message.charAt(at + 5);
        int c6 = message.charAt(at + 6);
        int c7 = message.charAt(at + 7);
        all |= c0 | c1 | c2 | c3 | c4 | c5 | c6 | c7;
        int low = c0 | c1 << 8 | c2 << 16 | c3 << 24;
        int high = c4 | c5 << 8 | c6 << 16 | c7 << 24;
        word = (low & 0xffff_ffffL) | (long) high << 32;
      } else {
        for (int i = 0; i < left; i++) {
          int c = message.charAt(i);
          all |= c;
          word = word >>> 8 | (long) c << 56;
        }
      }
      if (!more) {
        word = (word >>> 1) >>> (63 - 8 * left) | (long) length << 56;
      }
      v3 ^= word;
      v0 += v1;
      v2 += v3;
      v1 = Long.rotateLeft(v1, 13) ^ v0;
      v3 = Long.rotateLeft(v3, 16) ^ v2;
      v0 = Long.rotateLeft(v0, 32);
      v2 += v1;
      v0 += v3;
      v1 = Long.rotateLeft(v1, 17) ^ v2;
      v3 = Long.rotateLeft(v3, 21) ^ v0;
      v2 = Long.rotateLeft(v2, 32);
      v0 ^= word;
    }
    if (all >= 1 << Byte.SIZE) {
      throw new IllegalArgumentException(
          "The baseline hashes characters up to U+00FF only: " + message);
    }
    v2 ^= 0xee;
    long first = 0;
    for (int round = 0; round < 2 * CLOSING_ROUNDS; round++) {
      if (round == CLOSING_ROUNDS) {
        first = v0 ^ v1 ^ v2 ^ v3;
        v1 ^= 0xdd;
      }
      v0 += v1;
      v2 += v3;
      v1 = Long.rotateLeft(v1, 13) ^ v0;
      v3 = Long.rotateLeft(v3, 16) ^ v2;
      v0 = Long.rotateLeft(v0, 32);
      v2 += v1;
      v0 += v3;
      v1 = Long.rotateLeft(v1, 17) ^ v2;
      v3 = Long.rotateLeft(v3, 21) ^ v0;
      v2 = Long.rotateLeft(v2, 32);
    }
    long second = v0 ^ v1 ^ v2 ^ v3;
    if (admitted) {
      table.consumeHalf(first, second);
      return true;
    }
    return table.hit(first, second);
  }
}
