package io.traffik.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend.Operation;
import io.traffik.spi.QuotaPolicy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The hash of a key is exactly SipHash-1-3-128. */
class KeyHashTest {

  /**
   * The hashes of the messages (empty), 00, 00 01, … under the key 00 01 … 0f: the first entries of
   * {@code vectors_sip128} in the authors' reference code.
   */
  private static final String[] OFFICIAL_2_4 = {
    "a3817f04ba25a8e66df67214c7550293",
    "da87c1d86b99af44347659119b22fc45",
    "8177228da4a45dc7fca38bdef60affe4",
    "9c70b60c5267a94e5f33b6b02985ed51",
    "f88164c12d9c8faf7d0f6e7c7bcd5579",
    "1368875980776f8854527a07690e9627",
    "14eeca338b208613485ea0308fd7a15e",
    "a1f1ebbed8dbc153c0b84aa61ff08239",
    "3b62a9ba6258f5610f83e264f31497b4",
    "264499060ad9baabc47f8b02bb6d71ed",
    "00110dc378146956c95447d3f3d0fbba",
    "0151c568386b6677a2b4dc6f81e5dc18",
    "d626b266905ef35882634df68532c125",
    "9869e247e9c08b10d029934fc4b952f7",
    "31fcefac66d7de9c7ec7485fe4494902",
    "5493e99933b0a8117e08ec0f97cfc3d9",
  };

  private static final int STRIPED = 4_096;

  @Provide
  Arbitrary<String> texts() {
    return AdversarialText.any();
  }

  @Example
  void k1_theReferenceMatchesTheOfficialVectors() {
    SipHash reference = new SipHash(2, 4);
    for (int length = 0; length < OFFICIAL_2_4.length; length++) {
      byte[] message = new byte[length];
      for (int i = 0; i < length; i++) {
        message[i] = (byte) i;
      }
      long[] hash = reference.hash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L, message);
      byte[] bytes =
          ByteBuffer.allocate(16)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putLong(hash[0])
              .putLong(hash[1])
              .array();
      assertThat(HexFormat.of().formatHex(bytes)).isEqualTo(OFFICIAL_2_4[length]);
    }
  }

  @Property
  void k1_aKeyIsFoundByItsSipHashAlone(
      @ForAll long seed0,
      @ForAll long seed1,
      @ForAll("texts") String uidEnd,
      @ForAll("texts") String identity,
      @ForAll("texts") String scope) {
    QuotaPolicy policy = QuotaPolicy.of("u" + uidEnd, Policies.perYear(1).rates());
    StripedStore stripes = new StripedStore(STRIPED, new SettableClock());
    KeyHash keyHash = new KeyHash(stripes, seed0, seed1);
    assertThat(keyHash.decide(Operation.HIT, policy, identity, scope, 1, 0, null)).isZero();

    byte[] message = message("u" + uidEnd, identity, scope);
    long[] hash = new SipHash(1, 3).hash(seed0, seed1, message);
    assertThat(FingerprintCalls.decide(stripes, hash[0], hash[1], Operation.PEEK, policy, 1, null))
        .isNegative();
    // Each of the 112 bits matters: the lowest 16 of the second half make room for the rates.
    for (int bit = 0; bit < Long.SIZE; bit++) {
      long flip = 1L << bit;
      long flipLow = bit < 16 ? flip << 16 : flip;
      assertThat(
              FingerprintCalls.decide(
                  stripes, hash[0] ^ flip, hash[1], Operation.PEEK, policy, 1, null))
          .isZero();
      assertThat(
              FingerprintCalls.decide(
                  stripes, hash[0], hash[1] ^ flipLow, Operation.PEEK, policy, 1, null))
          .isZero();
    }
  }

  @Example
  void k1_everySeedIsAnother() {
    StripedStore stripes = new StripedStore(STRIPED, new SettableClock());
    QuotaPolicy policy = Policies.perYear(1);
    for (int i = 0; i < 100; i++) {
      assertThat(KeyHash.random(stripes).decide(Operation.HIT, policy, "client", "", 1, 0, null))
          .isZero();
    }
    assertThat(stripes.size()).isEqualTo(100);
  }

  @Example
  void k1_keysThatShareHalfOfTheirBitsDoNotMeet() {
    QuotaPolicy policy = Policies.perYear(1);
    long[] words = {0, 1L << 63, -1, 0x0123456789abcdefL, 2L << 16};
    StripedStore stripes = new StripedStore(STRIPED, new SettableClock());
    for (long high : words) {
      for (long low : words) {
        assertThat(FingerprintCalls.decide(stripes, high, low, Operation.HIT, policy, 1, null))
            .isZero();
      }
    }
    assertThat(stripes.size()).isEqualTo(25);
  }

  /**
   * The message of a key. A word holds twice the length of the uid, plus one if the identity is
   * wide. The uid, the length of the scope and the scope follow, with two bytes per character and
   * zeros up to a whole word. The identity ends it, with two bytes per character if it is wide, and
   * one otherwise.
   */
  private static byte[] message(String uid, String identity, String scope) {
    boolean narrow = identity.chars().allMatch(c -> c < 256);
    ByteBuffer message = ByteBuffer.allocate(1_024).order(ByteOrder.LITTLE_ENDIAN);
    put(message, 2L * uid.length() + (narrow ? 0 : 1), uid);
    put(message, scope.length(), scope);
    for (int i = 0; i < identity.length(); i++) {
      char c = identity.charAt(i);
      if (narrow) {
        message.put((byte) c);
      } else {
        message.putChar(c);
      }
    }
    byte[] bytes = new byte[message.position()];
    message.flip().get(bytes);
    return bytes;
  }

  private static void put(ByteBuffer message, long length, String part) {
    message.putLong(length);
    for (int i = 0; i < part.length(); i++) {
      message.putChar(part.charAt(i));
    }
    message.position((message.position() + Long.BYTES - 1) / Long.BYTES * Long.BYTES);
  }
}
