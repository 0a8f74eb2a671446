package io.traffik.redis.address;

import io.traffik.ConfigurationException;
import io.traffik.redis.address.RedisAddress.Host;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A strict parser of Redis URIs (RFC 3986). Everything before the last {@code @} counts as user
 * information, whatever it contains, and is never part of a message. The parser rejects user
 * information that is not percent-encoded: other programs would read another password.
 */
final class RedisUriParser {

  private static final int PORT = 6379;
  private static final int SENTINEL_PORT = 26379;
  private static final int MAX_PORT = 65_535;

  /** Whether a scheme leads to sentinels. */
  private static final Map<String, Boolean> SCHEMES =
      Map.of("redis", false, "rediss", false, "redis-sentinel", true, "rediss-sentinel", true);

  /** RFC 3986, section 3.2.1. */
  private static final Pattern USER_INFORMATION =
      Pattern.compile("(?:[A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})*");

  private static final Pattern HOST =
      Pattern.compile(
          "(?:\\[([0-9A-Fa-f:.]+(?:%[A-Za-z0-9._-]+)?)]|([A-Za-z0-9._-]+))(?::([0-9]{1,5}))?");
  private static final Pattern HOSTS = Pattern.compile(HOST + "(?:," + HOST + ")*");
  private static final Pattern DATABASE = Pattern.compile("/[0-9]{0,6}");

  /** The names that Sentinel accepts. */
  private static final Pattern MASTER = Pattern.compile("#[A-Za-z0-9._-]+");

  private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]{0,19}");

  private final String text;

  /** The text after the scheme; null without a scheme. */
  private final @Nullable String afterScheme;

  /** The text after the user information. */
  private final String afterUser;

  RedisUriParser(String text) {
    this.text = text;
    int scheme = text.indexOf("://");
    this.afterScheme = scheme < 0 ? null : text.substring(scheme + "://".length());
    String hierarchy = afterScheme == null ? text : afterScheme;
    this.afterUser = hierarchy.substring(hierarchy.lastIndexOf('@') + 1);
  }

  RedisAddress parse() {
    if (afterScheme == null) {
      throw invalid("no scheme");
    }
    Boolean sentinel = SCHEMES.get(scheme().toLowerCase(Locale.ROOT));
    if (sentinel == null) {
      throw invalid("unknown scheme");
    }
    String userInformation = userInformation(afterScheme);
    int authorityEnd = end(afterUser, "/?#");
    int pathEnd = end(afterUser, "?#");
    int queryEnd = end(afterUser, "#");
    if (queryEnd > pathEnd) {
      throw invalid("options after ? are not supported; build your own client for them");
    }
    List<Host> hosts = hosts(afterUser.substring(0, authorityEnd), sentinel ? SENTINEL_PORT : PORT);
    if (!sentinel && hosts.size() > 1) {
      throw invalid("several hosts; pass one URI per node of a cluster");
    }
    String path = afterUser.substring(authorityEnd, pathEnd);
    if (!path.isEmpty() && !DATABASE.matcher(path).matches()) {
      throw invalid("the path is not the number of a database");
    }
    String fragment = afterUser.substring(queryEnd);
    if (sentinel ? !MASTER.matcher(fragment).matches() : !fragment.isEmpty()) {
      throw invalid(
          sentinel
              ? "no #master after the sentinels, of letters, digits, dots and hyphens"
              : "#master without sentinels; use redis-sentinel://");
    }
    int colon = userInformation.indexOf(':');
    return new RedisAddress(
        hosts,
        colon <= 0 ? null : decode(userInformation.substring(0, colon)),
        userInformation.isEmpty() ? null : decode(userInformation.substring(colon + 1)),
        path.length() < 2 ? 0 : Integer.parseInt(path.substring(1)),
        scheme().toLowerCase(Locale.ROOT).startsWith("rediss"),
        sentinel ? fragment.substring(1) : null,
        userInformation);
  }

  private String scheme() {
    return text.substring(0, text.indexOf("://"));
  }

  private static int end(String uri, String delimiters) {
    for (int i = 0; i < uri.length(); i++) {
      if (delimiters.indexOf(uri.charAt(i)) >= 0) {
        return i;
      }
    }
    return uri.length();
  }

  private String userInformation(String hierarchy) {
    int at = hierarchy.lastIndexOf('@');
    if (at < 0) {
      return "";
    }
    String userInformation = hierarchy.substring(0, at);
    if (!USER_INFORMATION.matcher(userInformation).matches()) {
      throw invalid(
          "the user name or password contains a character that must be percent-encoded, for"
              + " example @ as %40, / as %2F, % as %25");
    }
    if (userInformation.indexOf(':') == userInformation.length() - 1) {
      // Without a colon, the user information is a password.
      throw invalid("no password before the @");
    }
    return userInformation;
  }

  private List<Host> hosts(String authority, int defaultPort) {
    List<Host> hosts = new ArrayList<>();
    for (String text : authority.split(",", -1)) {
      Matcher host = HOST.matcher(text);
      if (!host.matches()) {
        throw invalid(authority.isEmpty() ? "no host" : "not a list of host:port");
      }
      int port = host.group(3) == null ? defaultPort : Integer.parseInt(host.group(3));
      if (port < 1 || port > MAX_PORT) {
        throw invalid("the port is not from 1 to 65535");
      }
      hosts.add(new Host(host.group(1) != null ? host.group(1) : host.group(2), port));
    }
    return List.copyOf(hosts);
  }

  private String decode(String encoded) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(encoded.length());
    for (int i = 0; i < encoded.length(); i++) {
      if (encoded.charAt(i) == '%') {
        bytes.write(Integer.parseInt(encoded.substring(i + 1, i + 3), 16));
        i += 2;
      } else {
        bytes.write(encoded.charAt(i));
      }
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw invalid("the user name or password is not UTF-8 after percent-decoding");
    }
  }

  /**
   * The failure to parse the URI. It has no cause, because the message of a cause might contain
   * user information.
   *
   * @param reason contains no part of the URI
   */
  ConfigurationException invalid(String reason) {
    return new ConfigurationException(
        "Invalid Redis URI: "
            + shown()
            + " ("
            + reason
            + "). Use redis://host:port, rediss://host:port or"
            + " redis-sentinel://host1:port,host2:port/0#master.");
  }

  /** The URI without its user information, and without parts that may be misplaced secrets. */
  private String shown() {
    if (afterScheme == null) {
      return HOSTS.matcher(text).matches() ? text : "***";
    }
    String rest = afterUser;
    int authorityEnd = end(rest, "/?#");
    String authority = rest.substring(0, authorityEnd);
    int pathEnd = end(rest, "?#");
    String path = rest.substring(authorityEnd, pathEnd);
    String fragment = rest.substring(end(rest, "#"));
    return (SCHEME.matcher(scheme()).matches() ? scheme() : "***")
        + "://"
        + (afterScheme.indexOf('@') < 0 ? "" : "***@")
        + (authority.isEmpty() || HOSTS.matcher(authority).matches() ? authority : "***")
        + (path.isEmpty() || DATABASE.matcher(path).matches() ? path : "/***")
        + (end(rest, "#") > pathEnd ? "?***" : "")
        + (fragment.isEmpty() || MASTER.matcher(fragment).matches() ? fragment : "#***");
  }
}
