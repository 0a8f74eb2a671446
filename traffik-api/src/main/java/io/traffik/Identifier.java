package io.traffik;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Tells who a client is.
 *
 * <p>An identifier is called once per hit, peek or refund, on the thread that asks, possibly by
 * many threads at once. What it throws reaches the caller of the throttle (or fails the stage).
 */
@FunctionalInterface
public interface Identifier {

  /**
   * Names the client behind a connection.
   *
   * @param view the connection
   * @return who it is, {@link Identity#EXEMPT} to let it through without a limit, or null if this
   *     identifier cannot tell
   */
  @Nullable Identity identify(ConnectionView view);

  /**
   * The client's address in canonical form, taken from the socket's peer alone: what a proxy header
   * claims does not count. IPv4-mapped IPv6 becomes IPv4, and IPv6 is cut to its /64, since one
   * subscriber holds at least that many addresses. Unknown where the peer is not an address
   * literal; no name is ever resolved.
   *
   * @return the identifier that a throttle has unless it is given another
   */
  static Identifier remoteAddress() {
    return RemoteAddressIdentifier.BY_SUBSCRIBER;
  }

  /**
   * As {@link #remoteAddress()}, with IPv6 addresses cut to a prefix of the given length.
   *
   * @param ipv6PrefixLength bits of an IPv6 address that tell clients apart, 1 to 128
   * @return the identifier
   * @throws ConfigurationException if the length is out of range
   */
  static Identifier remoteAddress(int ipv6PrefixLength) {
    return RemoteAddressIdentifier.of(ipv6PrefixLength);
  }

  /**
   * Asks another identifier where this one cannot tell.
   *
   * @param fallback asked when this one returned null
   * @return both in one
   */
  default Identifier or(Identifier fallback) {
    Objects.requireNonNull(fallback, "fallback must not be null");
    return view -> {
      Identity identity = identify(view);
      return identity != null ? identity : fallback.identify(view);
    };
  }
}
