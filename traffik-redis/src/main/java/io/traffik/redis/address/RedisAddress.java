package io.traffik.redis.address;

import io.traffik.ConfigurationException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A parsed Redis URI. Clients receive its parts, never its text, so that no client parses a
 * password a second time. Its own text contains no user information.
 *
 * @param hosts the server, or the sentinels
 * @param user the decoded user name, or null
 * @param password the decoded password of the servers, or null
 * @param database the index of the database
 * @param tls whether connections use TLS
 * @param master the name of the master in Sentinel; null without Sentinel
 * @param userInformation the user information as written in the URI; empty if there is none
 */
public record RedisAddress(
    List<Host> hosts,
    @Nullable String user,
    @Nullable String password,
    int database,
    boolean tls,
    @Nullable String master,
    String userInformation) {

  /**
   * A server or sentinel.
   *
   * @param name a name or an address, which has no brackets
   * @param port from 1 to 65535
   */
  public record Host(String name, int port) {

    @Override
    public String toString() {
      return (name.indexOf(':') < 0 ? name : "[" + name + "]") + ":" + port;
    }
  }

  /**
   * Parses {@code redis://user:password@host:port/0}, {@code rediss://…} or {@code
   * redis-sentinel://host1:port,host2:port/0#master}.
   *
   * @throws ConfigurationException if the text is none of these; its message and causes contain
   *     none of the user information
   */
  public static RedisAddress parse(String text) {
    return new RedisUriParser(text).parse();
  }

  /** Parses the address of a node of a cluster. */
  public static RedisAddress parseNode(String text) {
    RedisUriParser parser = new RedisUriParser(text);
    RedisAddress address = parser.parse();
    if (address.master() != null) {
      throw parser.invalid("a cluster has no sentinels; pass one URI per node");
    }
    if (address.database() != 0) {
      throw parser.invalid("a cluster has database 0 only; remove the path");
    }
    return address;
  }

  /** The server, or the first sentinel. */
  public Host host() {
    return hosts.get(0);
  }

  @Override
  public String toString() {
    return "RedisAddress" + hosts;
  }
}
