package io.traffik.jmh.workload;

/**
 * Identities of numbered clients: half IPv4 addresses, a quarter IPv6 addresses, a quarter API
 * keys. Every call creates a new string, as every request does.
 */
public final class ClientIdentities {

  private ClientIdentities() {}

  /** Returns the identity of a client; different numbers have different identities. */
  public static String of(int client) {
    int mixed = mixed(client);
    return switch (client & 3) {
      case 2 -> ipv6(mixed);
      case 3 -> "key_" + Integer.toHexString(client) + "-" + Integer.toHexString(mixed);
      default -> ipv4(mixed);
    };
  }

  /** Returns an address as the identity: three quarters are IPv4, a quarter IPv6. */
  public static String address(int client) {
    int mixed = mixed(client);
    return (client & 3) == 3 ? ipv6(mixed) : ipv4(mixed);
  }

  private static String ipv4(int bits) {
    return (bits >>> 24)
        + "."
        + ((bits >>> 16) & 0xff)
        + "."
        + ((bits >>> 8) & 0xff)
        + "."
        + (bits & 0xff);
  }

  private static String ipv6(int bits) {
    return "2001:db8:"
        + Integer.toHexString(bits >>> 16)
        + ":"
        + Integer.toHexString(bits & 0xffff)
        + "::1";
  }

  /**
   * Mixes the bits by the last step of MurmurHash3, which maps different numbers to different ones.
   */
  private static int mixed(int client) {
    // Without this constant, client 0 would be 0.0.0.0.
    int mixed = client + 0x9e3779b9;
    mixed = (mixed ^ (mixed >>> 16)) * 0x85ebca6b;
    mixed = (mixed ^ (mixed >>> 13)) * 0xc2b2ae35;
    return mixed ^ (mixed >>> 16);
  }
}
