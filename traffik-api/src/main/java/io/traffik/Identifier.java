package io.traffik;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Determines the identity of a client.
 *
 * <p>A throttle calls its identifier once per hit, peek or refund, on the calling thread. Several
 * threads may call it at once. An exception reaches the caller of the throttle, or fails the stage.
 */
@FunctionalInterface
public interface Identifier {

  /**
   * Returns the identity of the client behind a connection.
   *
   * @param view the connection
   * @return the identity; {@link Identity#EXEMPT} for a client without limit; null if this
   *     identifier does not know the client
   */
  @Nullable Identity identify(ConnectionView view);

  /**
   * The canonical form of {@link ConnectionView#remoteAddress()}. Headers of proxies are ignored.
   * IPv4-mapped IPv6 addresses become IPv4. IPv6 addresses are cut to their /64 network, since one
   * subscriber usually has that many addresses. The identity is null if the remote address is not
   * an address literal. Host names are never resolved.
   *
   * @return the default identifier of a throttle
   */
  static Identifier remoteAddress() {
    return RemoteAddressIdentifier.BY_SUBSCRIBER;
  }

  /**
   * As {@link #remoteAddress()}, with another prefix length for IPv6.
   *
   * @param ipv6PrefixLength the bits of an IPv6 address that distinguish clients, 1 to 128
   * @return the identifier
   * @throws ConfigurationException if the length is out of range
   */
  static Identifier remoteAddress(int ipv6PrefixLength) {
    return RemoteAddressIdentifier.of(ipv6PrefixLength);
  }

  /**
   * Adds a fallback for clients that this identifier does not know.
   *
   * @param fallback the identifier that is called if this one returns null; not null
   * @return an identifier that combines both
   */
  default Identifier or(Identifier fallback) {
    Objects.requireNonNull(fallback, "fallback must not be null");
    return view -> {
      Identity identity = identify(view);
      return identity != null ? identity : fallback.identify(view);
    };
  }
}
