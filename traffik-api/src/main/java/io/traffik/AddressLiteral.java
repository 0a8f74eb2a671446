package io.traffik;

import org.jspecify.annotations.Nullable;

/**
 * Reads IP address literals and writes them in canonical form, without ever resolving a name.
 *
 * <p>Reads dotted-decimal IPv4 (RFC 6943, section 3.1.1: four decimal parts, no leading zeros) and
 * IPv6 (RFC 4291, section 2.2), in brackets or not; a zone (RFC 4007) is dropped. Writes IPv6 as
 * RFC 5952 says. IPv4 that is canonical already, as servers report it, comes back without garbage.
 */
final class AddressLiteral {

  private static final int MAX_LENGTH = 100;
  private static final int GROUPS = 8;

  private AddressLiteral() {}

  /**
   * Canonical text of an address: of IPv4 the address, of IPv6 its network at the prefix length.
   *
   * @return the text, or null if the literal is not an address
   */
  static @Nullable String canonical(String literal, int ipv6PrefixLength) {
    if (Ipv4Literal.isOne(literal, 0, literal.length())) {
      return literal;
    }
    if (literal.length() > MAX_LENGTH) {
      return null;
    }
    String bare = withoutBracketsAndZone(literal);
    if (Ipv4Literal.isOne(bare, 0, bare.length())) {
      return bare;
    }
    int[] groups = Ipv6Literal.parse(bare);
    if (groups == null) {
      return null;
    }
    if (isMapped(groups)) {
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
    // A zone belongs to IPv6 alone; in anything else the percent sign stays and the parse fails.
    boolean isZone =
        zone > 0
            && zone < bare.length() - 1
            && zone == bare.lastIndexOf('%')
            && bare.lastIndexOf(':', zone) >= 0;
    return isZone ? bare.substring(0, zone) : bare;
  }

  private static boolean isMapped(int[] groups) {
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
