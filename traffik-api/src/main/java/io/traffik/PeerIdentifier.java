package io.traffik;

import org.jspecify.annotations.Nullable;

/** Identifies a client by the canonical form of its socket's peer address (rules I1 and I3). */
final class PeerIdentifier implements Identifier {

  static final PeerIdentifier BY_SUBSCRIBER = new PeerIdentifier(64);

  private final int ipv6PrefixLength;

  private PeerIdentifier(int ipv6PrefixLength) {
    this.ipv6PrefixLength = ipv6PrefixLength;
  }

  static PeerIdentifier of(int ipv6PrefixLength) {
    if (ipv6PrefixLength < 1 || ipv6PrefixLength > 128) {
      throw new ConfigurationException(
          "IPv6 prefix length must be from 1 to 128: " + ipv6PrefixLength);
    }
    return new PeerIdentifier(ipv6PrefixLength);
  }

  @Override
  public @Nullable Identity identify(ConnectionView view) {
    String text = textOf(view);
    return text == null ? null : Identity.of(text);
  }

  /** The text of the identity, which needs no object around it. */
  @Nullable String textOf(ConnectionView view) {
    String peer = view.peer();
    return peer == null ? null : AddressLiteral.canonical(peer, ipv6PrefixLength);
  }
}
