package io.traffik;

import io.traffik.address.AddressLiteral;
import org.jspecify.annotations.Nullable;

/**
 * Identifies a client by the canonical form of its remote address (rules I1 and I3).
 *
 * <p>The canonical form of an IPv6 address is a new string. A cache of recent addresses avoids this
 * garbage on each hit. Every address has two possible slots, chosen by its hash.
 */
final class RemoteAddressIdentifier implements Identifier {

  static final RemoteAddressIdentifier BY_SUBSCRIBER = new RemoteAddressIdentifier(64);

  private static final int INDEX_BITS = 12;
  private static final int CACHE_SIZE = 1 << INDEX_BITS;

  /** Spreads hashes of texts that differ only in their last characters over all bits. */
  private static final int HASH_MULTIPLIER = 0x9e3779b9;

  /** No valid address is longer, even with the longest zone. */
  private static final int MAX_CACHED_LENGTH = 64;

  private final int ipv6PrefixLength;

  /** A benign race: a thread that misses a recent entry creates an equal one. */
  private final @Nullable CacheEntry[] cache = new CacheEntry[CACHE_SIZE];

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
    String address = canonicalAddress(view);
    return address == null ? null : Identity.of(address);
  }

  /** Returns the value of the identity without allocating an {@link Identity}. */
  @Nullable String canonicalAddress(ConnectionView view) {
    String remoteAddress = view.remoteAddress();
    if (remoteAddress == null) {
      return null;
    }
    if (AddressLiteral.isCanonicalIpv4(remoteAddress)) {
      return remoteAddress;
    }
    return remoteAddress.length() <= MAX_CACHED_LENGTH && remoteAddress.indexOf(':') >= 0
        ? cachedCanonical(remoteAddress)
        : AddressLiteral.canonical(remoteAddress, ipv6PrefixLength);
  }

  private @Nullable String cachedCanonical(String remoteAddress) {
    int hash = remoteAddress.hashCode() * HASH_MULTIPLIER;
    int first = hash >>> (Integer.SIZE - INDEX_BITS);
    int second = (hash >>> (Integer.SIZE - 2 * INDEX_BITS)) & (CACHE_SIZE - 1);
    CacheEntry firstEntry = cache[first];
    CacheEntry secondEntry = cache[second];
    if (firstEntry != null && firstEntry.remoteAddress.equals(remoteAddress)) {
      return firstEntry.canonical;
    }
    if (secondEntry != null && secondEntry.remoteAddress.equals(remoteAddress)) {
      return secondEntry.canonical;
    }
    String canonical = AddressLiteral.canonical(remoteAddress, ipv6PrefixLength);
    if (canonical != null) {
      cache[firstEntry == null ? first : second] = new CacheEntry(remoteAddress, canonical);
    }
    return canonical;
  }

  private record CacheEntry(String remoteAddress, String canonical) {}
}
