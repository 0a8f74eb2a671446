package io.traffik.jmh;

import java.security.SecureRandom;

/**
 * The {@link Kernel} under a hash that no client can steer, as rule K1 asks of the store: SipHash
 * with one compression and three closing rounds and 128 bits of output, under a random seed. Beside
 * {@link KernelReference} it shows what that safety costs at most, and nothing else differs. Most
 * identities could be hashed in half the rounds, as the store does.
 *
 * <p>Every call reads all bits of every character, four characters to a word. The identity is the
 * whole message: it stands alone, so its length need not be put before it, and a throttle's name
 * and route are left out, as if a store had prepared them. All 128 bits are computed; the kernel
 * compares 64 and finds its place by others.
 */
final class KeyedKernelReference implements Limiter {

  private static final int CLOSING_ROUNDS = 3;

  private final Kernel kernel;
  private final long seed0;
  private final long seed1;

  KeyedKernelReference(Limit limit, int clients) {
    this(new Kernel(limit, clients), new SecureRandom());
  }

  private KeyedKernelReference(Kernel kernel, SecureRandom random) {
    this(kernel, random.nextLong(), random.nextLong());
  }

  KeyedKernelReference(Kernel kernel, long seed0, long seed1) {
    this.kernel = kernel;
    this.seed0 = seed0;
    this.seed1 = seed1;
  }

  @Override
  public boolean hit(String identity) {
    return decide(identity, false);
  }

  @Override
  public void admit(String identity) {
    decide(identity, true);
  }

  @Override
  public long size() {
    return kernel.size();
  }

  /** The two words of a hash go on as arguments: returned, they would need an object. */
  private boolean decide(String message, boolean admitted) {
    long v0 = seed0 ^ 0x736f6d6570736575L;
    long v1 = seed1 ^ 0x646f72616e646f6dL ^ 0xee;
    long v2 = seed0 ^ 0x6c7967656e657261L;
    long v3 = seed1 ^ 0x7465646279746573L;
    int length = message.length();
    for (int from = 0; from <= length; from += 4) {
      long word = from + 4 <= length ? word(message, from) : lastWord(message, from);
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
      kernel.admit(first, second);
      return true;
    }
    return kernel.hit(first, second);
  }

  private static long word(String message, int from) {
    return message.charAt(from)
        | (long) message.charAt(from + 1) << 16
        | (long) message.charAt(from + 2) << 32
        | (long) message.charAt(from + 3) << 48;
  }

  /** The up to three characters that are left, and in the top byte the length in bytes. */
  private static long lastWord(String message, int from) {
    int length = message.length();
    long word = (long) length << 57;
    for (int i = from; i < length; i++) {
      word |= (long) message.charAt(i) << (16 * (i - from));
    }
    return word;
  }
}
