package io.traffik.address;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Parses IP address literals and formats them canonically. Never resolves a host name.
 *
 * <p>Accepts dotted-decimal IPv4 (RFC 6943, section 3.1.1: four decimal parts, no leading zeros)
 * and IPv6 (RFC 4291, section 2.2), with or without brackets. A zone (RFC 4007) is dropped, and so
 * is a port after IPv4 or brackets, as some proxies leave it. IPv6 is formatted as RFC 5952
 * requires.
 *
 * <p>IPv6 that embeds an IPv4 client counts as that IPv4 address: IPv4-mapped addresses
 * (::ffff:0:0/96), NAT64 (64:ff9b::/96, RFC 6052) and 6to4 (2002::/16, RFC 3056). Otherwise one
 * client would be several, or all IPv4 clients behind a translator would share one network.
 */
public final class AddressLiteral {

  private static final int MAX_LENGTH = 100;
  private static final int MAX_PORT = 65_535;
  private static final int[] MAPPED = {0, 0, 0, 0, 0, 0xffff};
  private static final int[] NAT64 = {0x64, 0xff9b, 0, 0, 0, 0};
  private static final int SIX_TO_FOUR = 0x2002;

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
    String bare = withoutZone(withoutBrackets(withoutPort(literal)));
    if (isCanonicalIpv4(bare)) {
      return bare;
    }
    int[] groups = Ipv6Literal.parse(bare);
    if (groups == null) {
      return null;
    }
    String embedded = embeddedIpv4(groups);
    return embedded != null ? embedded : Ipv6Literal.networkText(groups, ipv6PrefixLength);
  }

  /** A port is only possible where its colon cannot be part of an IPv6 address. */
  private static String withoutPort(String literal) {
    int colon = literal.lastIndexOf(':');
    boolean afterAddress =
        colon > 0 && (literal.charAt(colon - 1) == ']' || literal.indexOf(':') == colon);
    return afterAddress && isPort(literal, colon + 1) ? literal.substring(0, colon) : literal;
  }

  private static boolean isPort(String text, int from) {
    int port = 0;
    for (int i = from; i < text.length(); i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9 || port > MAX_PORT) {
        return false;
      }
      port = port * 10 + digit;
    }
    return from < text.length() && port <= MAX_PORT;
  }

  private static String withoutBrackets(String literal) {
    boolean bracketed =
        literal.length() > 2
            && literal.charAt(0) == '['
            && literal.charAt(literal.length() - 1) == ']';
    return bracketed ? literal.substring(1, literal.length() - 1) : literal;
  }

  private static String withoutZone(String bare) {
    int zone = bare.indexOf('%');
    // Only IPv6 has zones; elsewhere the percent sign stays and parsing fails.
    boolean isZone =
        zone > 0
            && zone < bare.length() - 1
            && zone == bare.lastIndexOf('%')
            && bare.lastIndexOf(':', zone) >= 0;
    return isZone ? bare.substring(0, zone) : bare;
  }

  private static @Nullable String embeddedIpv4(int[] groups) {
    if (isIn(MAPPED, groups) || isIn(NAT64, groups)) {
      return ipv4Text(groups[6], groups[7]);
    }
    return groups[0] == SIX_TO_FOUR ? ipv4Text(groups[1], groups[2]) : null;
  }

  private static boolean isIn(int[] network, int[] groups) {
    return Arrays.equals(network, 0, network.length, groups, 0, network.length);
  }

  private static String ipv4Text(int high, int low) {
    return (high >> 8) + "." + (high & 0xff) + "." + (low >> 8) + "." + (low & 0xff);
  }
}
