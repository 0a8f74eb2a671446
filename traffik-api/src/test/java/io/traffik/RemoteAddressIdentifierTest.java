package io.traffik;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is kept of recent peers changes nothing about who they are. */
class RemoteAddressIdentifierTest {

  private record From(String remoteAddress) implements ConnectionView {

    @Override
    public String method() {
      return "GET";
    }

    @Override
    public String path() {
      return "/";
    }

    @Override
    public Iterable<String> headers(String name) {
      return List.of();
    }
  }

  private static @Nullable String text(RemoteAddressIdentifier identifier, String remoteAddress) {
    return identifier.textOf(new From(remoteAddress));
  }

  @Test
  void i1_i3_eachOfManyPeersIsItselfEachTime() {
    RemoteAddressIdentifier identifier = RemoteAddressIdentifier.of(64);
    Random random = new Random(1);
    // More than there are places, so that they drive each other out.
    for (int i = 0; i < 100_000; i++) {
      int client = random.nextInt(20_000);
      String remoteAddress = "2001:DB8:" + Integer.toHexString(client) + "::" + (client & 7);
      assertThat(text(identifier, remoteAddress))
          .isEqualTo(AddressLiteral.canonical(remoteAddress, 64));
    }
  }

  /** An attacker may look for addresses of one hash code. */
  @Test
  void i1_i3_peersOfOneHashAreTwoClients() {
    RemoteAddressIdentifier identifier = RemoteAddressIdentifier.of(128);
    // The letters of one code in digits of hexadecimal: 31 · 'b' + '0' is 31 · 'a' + 'O', so by
    // hand.
    String one = "::1:" + "b3";
    String two = "::1:" + "aR";
    assertThat(one).hasSameHashCodeAs(two);
    for (int i = 0; i < 3; i++) {
      assertThat(text(identifier, one)).isEqualTo("::1:b3");
      assertThat(text(identifier, two)).isNull();
    }
  }

  @Test
  void i1_i3_prefixesOfOtherLengthsAreKeptApart() {
    for (int i = 0; i < 2; i++) {
      assertThat(text(RemoteAddressIdentifier.BY_SUBSCRIBER, "2001:db8:1:2:3::4"))
          .isEqualTo(AddressLiteral.canonical("2001:db8:1:2:3::4", 64));
      assertThat(text(RemoteAddressIdentifier.of(48), "2001:db8:1:2:3::4"))
          .isEqualTo(AddressLiteral.canonical("2001:db8:1:2:3::4", 48));
    }
  }

  @Test
  void i3_ofAKnownPeerTheTextIsMadeOnce() {
    RemoteAddressIdentifier identifier = RemoteAddressIdentifier.of(64);
    String text = text(identifier, "2001:db8::1");
    assertThat(text(identifier, "2001:db8::1 ".strip())).isSameAs(text);
  }
}
