package io.traffik.address;

import org.jspecify.annotations.Nullable;

/**
 * Parses IP address literals and formats them canonically. Never resolves a host name.
 *
 * <p>Accepts dotted-decimal IPv4 (RFC 6943, section 3.1.1: four decimal parts, no leading zeros)
 * and IPv6 (RFC 4291, section 2.2), with or without brackets. A zone (RFC 4007) is dropped. IPv6 is
 * formatted as RFC 5952 requires.
 */
public final class AddressLiteral {

  private static final int MAX_LENGTH = 100;
  private static final int GROUPS = 8;

  private AddressLiteral() {}

  /**
   * Returns whether a text is a canonical IPv4 address, without allocating.
   *
   * @param text the text, not null
   * @return true for four decimal parts without leading zeros
   */
  public static boolean isCanonicalIpv4(String text) {
    return Ipv4Literal.matches(text, 0, text.length());
  }

  /**
   * Returns the canonical text of an address: an IPv4 address, or the network of an IPv6 address.
   *
   * @param literal the literal, not null
   * @param ipv6PrefixLength the prefix length of an IPv6 network, 1 to 128
   * @return the text, or null if the literal is not an address
   */
  public static @Nullable String canonical(String literal, int ipv6PrefixLength) {
    if (isCanonicalIpv4(literal)) {
      return literal;
    }
    if (literal.length() > MAX_LENGTH) {
      return null;
    }
    String bare = withoutBracketsAndZone(literal);
    if (isCanonicalIpv4(bare)) {
      return bare;
    }
    int[] groups = Ipv6Literal.parse(bare);
    if (groups == null) {
      return null;
    }
    if (isIpv4Mapped(groups)) {
      return ipv4Text(groups[6], groups[7]);
    }
    return Ipv6Literal.networkText(groups, ipv6PrefixLength);
  }

  private static String withoutBracketsAndZone(String literal) {
    String bare = literal;
    if (bare.length() > 2 && bare.charAt(0) == '[' && bare.charAt(bare.length() - 1) == ']') {
      bare = bare.substring(1, bare.length() - 1);
    }
    int zone = bare.indexOf('%');
    // Only IPv6 has zones; elsewhere the percent sign stays and parsing fails.
    boolean isZone =
        zone > 0
            && zone < bare.length() - 1
            && zone == bare.lastIndexOf('%')
            && bare.lastIndexOf(':', zone) >= 0;
    return isZone ? bare.substring(0, zone) : bare;
  }

  private static boolean isIpv4Mapped(int[] groups) {
    for (int i = 0; i < GROUPS - 3; i++) {
      if (groups[i] != 0) {
        return false;
      }
    }
    return groups[GROUPS - 3] == 0xffff;
  }

  private static String ipv4Text(int high, int low) {
    return (high >> 8) + "." + (high & 0xff) + "." + (low >> 8) + "." + (low & 0xff);
  }
}
