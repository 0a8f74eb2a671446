package io.traffik.jmh.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.traffik.jmh.workload.BenchmarkLimit;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The keyed baseline computes a complete SipHash-1-3 of 128 bits. */
class KeyedOpenAddressingBaselineTest {

  private static final long SEED_0 = 0x0706050403020100L;
  private static final long SEED_1 = 0x0f0e0d0c0b0a0908L;

  @Test
  void theHashCoversAllBitsOfAllCharacters() {
    for (String message :
        new String[] {
          "",
          "a",
          "203",
          "abcdefg",
          "203.0.113.7",
          "2001:db8:1:2::11",
          "\u00ff",
          "203.0.113.7\u00ff"
        }) {
      OpenAddressingTable table = new OpenAddressingTable(BenchmarkLimit.ALLOWED_ONCE, 8);
      KeyedOpenAddressingBaseline keyed = new KeyedOpenAddressingBaseline(table, SEED_0, SEED_1);
      assertThat(keyed.hit(message)).isTrue();
      long[] hash = hash(1, 3, message.getBytes(StandardCharsets.ISO_8859_1));
      assertThat(table.hit(hash[0], hash[1]))
          .as("already taken under the same hash: " + message)
          .isFalse();
      assertThat(table.size()).isEqualTo(1);
    }
  }

  @Test
  void aCharacterAboveOneByteIsRejected() {
    KeyedOpenAddressingBaseline keyed =
        new KeyedOpenAddressingBaseline(BenchmarkLimit.ALLOWED_ONCE, 8);
    assertThatThrownBy(() -> keyed.hit("203.0.113.7\u0100"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("The baseline hashes characters up to U+00FF only: ");
  }

  /** The first vectors of the authors' code, and one of 1-3 from Rust's siphasher. */
  @Test
  void theTestsHashMatchesPublishedVectors() {
    assertThat(hex(hash(2, 4, new byte[] {}))).isEqualTo("a3817f04ba25a8e66df67214c7550293");
    assertThat(hex(hash(2, 4, new byte[] {0}))).isEqualTo("da87c1d86b99af44347659119b22fc45");
    assertThat(hex(hash(1, 3, new byte[] {}))).isEqualTo("e77ebcb22788a5befd62db6add303001");
  }

  private static String hex(long[] hash) {
    ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    return HexFormat.of().formatHex(bytes.putLong(hash[0]).putLong(hash[1]).array());
  }

  private static long[] hash(int compressing, int closing, byte[] message) {
    long[] v = {
      SEED_0 ^ 0x736f6d6570736575L,
      SEED_1 ^ 0x646f72616e646f6dL ^ 0xee,
      SEED_0 ^ 0x6c7967656e657261L,
      SEED_1 ^ 0x7465646279746573L
    };
    ByteBuffer padded = ByteBuffer.allocate(message.length / 8 * 8 + 8).put(message);
    padded.put(padded.capacity() - 1, (byte) message.length);
    padded.rewind().order(ByteOrder.LITTLE_ENDIAN);
    while (padded.hasRemaining()) {
      long word = padded.getLong();
      v[3] ^= word;
      rounds(v, compressing);
      v[0] ^= word;
    }
    v[2] ^= 0xee;
    rounds(v, closing);
    long first = v[0] ^ v[1] ^ v[2] ^ v[3];
    v[1] ^= 0xdd;
    rounds(v, closing);
    return new long[] {first, v[0] ^ v[1] ^ v[2] ^ v[3]};
  }

  private static void rounds(long[] v, int count) {
    for (int i = 0; i < count; i++) {
      v[0] += v[1];
      v[1] = Long.rotateLeft(v[1], 13) ^ v[0];
      v[0] = Long.rotateLeft(v[0], 32);
      v[2] += v[3];
      v[3] = Long.rotateLeft(v[3], 16) ^ v[2];
      v[0] += v[3];
      v[3] = Long.rotateLeft(v[3], 21) ^ v[0];
      v[2] += v[1];
      v[1] = Long.rotateLeft(v[1], 17) ^ v[2];
      v[2] = Long.rotateLeft(v[2], 32);
    }
  }
}
