package io.traffik;

import org.jspecify.annotations.Nullable;

/**
 * Identifies a client by the canonical form of its socket's peer address (rules I1 and I3).
 *
 * <p>The form of an IPv6 address is another text, which would be garbage with each hit; so those of
 * some thousand recent peers are kept, each at one of two places that its hash chooses.
 */
final class RemoteAddressIdentifier implements Identifier {

  static final RemoteAddressIdentifier BY_SUBSCRIBER = new RemoteAddressIdentifier(64);

  private static final int PLACE_BITS = 12;
  private static final int PLACES = 1 << PLACE_BITS;

  /** Spreads hashes of texts that differ in their last characters over all bits. */
  private static final int SPREAD = 0x9e3779b9;

  /** An address with the longest of zones is not longer; what is, is not worth keeping. */
  private static final int LONGEST_KEPT = 64;

  private final int ipv6PrefixLength;

  /** Written without order: an entry that is seen late is made once more. */
  private final @Nullable Canonical[] recent = new Canonical[PLACES];

  private RemoteAddressIdentifier(int ipv6PrefixLength) {
    this.ipv6PrefixLength = ipv6PrefixLength;
  }

  static RemoteAddressIdentifier of(int ipv6PrefixLength) {
    if (ipv6PrefixLength < 1 || ipv6PrefixLength > 128) {
      throw new ConfigurationException(
          "IPv6 prefix length must be from 1 to 128: " + ipv6PrefixLength);
    }
    return new RemoteAddressIdentifier(ipv6PrefixLength);
  }

  @Override
  public @Nullable Identity identify(ConnectionView view) {
    String text = textOf(view);
    return text == null ? null : Identity.of(text);
  }

  /** The text of the identity, which needs no object around it. */
  @Nullable String textOf(ConnectionView view) {
    String remoteAddress = view.remoteAddress();
    if (remoteAddress == null) {
      return null;
    }
    if (Ipv4Literal.isOne(remoteAddress, 0, remoteAddress.length())) {
      return remoteAddress;
    }
    return remoteAddress.length() <= LONGEST_KEPT && remoteAddress.indexOf(':') >= 0
        ? recentOrNew(remoteAddress)
        : AddressLiteral.canonical(remoteAddress, ipv6PrefixLength);
  }

  private @Nullable String recentOrNew(String remoteAddress) {
    int hash = remoteAddress.hashCode() * SPREAD;
    int first = hash >>> (Integer.SIZE - PLACE_BITS);
    int second = (hash >>> (Integer.SIZE - 2 * PLACE_BITS)) & (PLACES - 1);
    Canonical kept = recent[first];
    Canonical other = recent[second];
    if (kept != null && kept.remoteAddress.equals(remoteAddress)) {
      return kept.text;
    }
    if (other != null && other.remoteAddress.equals(remoteAddress)) {
      return other.text;
    }
    String text = AddressLiteral.canonical(remoteAddress, ipv6PrefixLength);
    if (text != null) {
      recent[kept == null ? first : second] = new Canonical(remoteAddress, text);
    }
    return text;
  }

  /** An address as a socket tells it, and its identity's text. */
  private record Canonical(String remoteAddress, String text) {}
}
