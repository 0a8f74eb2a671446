package io.traffik;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.address.AddressLiteral;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The cache of recent addresses never changes a client's identity. */
class RemoteAddressIdentifierTest {

  private record AddressView(String remoteAddress) implements ConnectionView {

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

  private static @Nullable String identify(
      RemoteAddressIdentifier identifier, String remoteAddress) {
    return identifier.canonicalAddress(new AddressView(remoteAddress));
  }

  @Test
  void i1_i3_manyAddressesKeepTheirIdentities() {
    RemoteAddressIdentifier identifier = RemoteAddressIdentifier.of(64);
    Random random = new Random(1);
    // More addresses than cache slots, so that they replace each other.
    for (int i = 0; i < 100_000; i++) {
      int client = random.nextInt(20_000);
      String remoteAddress = "2001:DB8:" + Integer.toHexString(client) + "::" + (client & 7);
      assertThat(identify(identifier, remoteAddress))
          .isEqualTo(AddressLiteral.canonical(remoteAddress, 64));
    }
  }

  /** An attacker may choose addresses with equal hash codes. */
  @Test
  void i1_i3_addressesOfEqualHashAreDifferentClients() {
    RemoteAddressIdentifier identifier = RemoteAddressIdentifier.of(128);
    // The second text is no address but has the same hash code: 31 · 'b' + '3' == 31 · 'a' + 'R'.
    String one = "::1:" + "b3";
    String two = "::1:" + "aR";
    assertThat(one).hasSameHashCodeAs(two);
    for (int i = 0; i < 3; i++) {
      assertThat(identify(identifier, one)).isEqualTo("::1:b3");
      assertThat(identify(identifier, two)).isNull();
    }
  }

  @Test
  void i1_i3_eachPrefixLengthHasItsOwnCache() {
    for (int i = 0; i < 2; i++) {
      assertThat(identify(RemoteAddressIdentifier.BY_SUBSCRIBER, "2001:db8:1:2:3::4"))
          .isEqualTo(AddressLiteral.canonical("2001:db8:1:2:3::4", 64));
      assertThat(identify(RemoteAddressIdentifier.of(48), "2001:db8:1:2:3::4"))
          .isEqualTo(AddressLiteral.canonical("2001:db8:1:2:3::4", 48));
    }
  }

  @Test
  void i3_cachedAddressesReuseTheCanonicalText() {
    RemoteAddressIdentifier identifier = RemoteAddressIdentifier.of(64);
    String canonical = identify(identifier, "2001:db8::1");
    assertThat(identify(identifier, "2001:db8::1 ".strip())).isSameAs(canonical);
  }
}
