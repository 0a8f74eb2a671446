package io.traffik.redis.script;

import java.util.List;

/** One run of the script, by digest or by source. Immutable. */
public final class ScriptCall {

  private final boolean bySource;
  private final String client;
  private final List<String> keys;
  private final String[] arguments;

  private ScriptCall(boolean bySource, String client, List<String> keys, String[] arguments) {
    this.bySource = bySource;
    this.client = client;
    this.keys = keys;
    this.arguments = arguments;
  }

  /**
   * A call on one key that sends the digest ({@code EVALSHA}).
   *
   * @param client the identity whose share of the places the call occupies
   * @param arguments the script's arguments; must not be changed afterwards
   */
  public static ScriptCall byDigest(String client, String key, String[] arguments) {
    return byDigest(client, List.of(key), arguments);
  }

  /**
   * A call on several keys that sends the digest ({@code EVALSHA}).
   *
   * @param client the identity whose share of the places the call occupies
   * @param keys at least one key; all on the same server. Must not be changed afterwards
   * @param arguments the script's arguments; must not be changed afterwards
   */
  static ScriptCall byDigest(String client, List<String> keys, String[] arguments) {
    return new ScriptCall(false, client, keys, arguments);
  }

  /** The same call with the source ({@code EVAL}), for a server that does not cache the script. */
  public ScriptCall withSource() {
    return new ScriptCall(true, client, keys, arguments);
  }

  public boolean isBySource() {
    return bySource;
  }

  /** The identity whose share of the places the call occupies. */
  public String client() {
    return client;
  }

  /** The first key, which determines the server. */
  public String key() {
    return keys.get(0);
  }

  public List<String> keys() {
    return keys;
  }

  public String[] arguments() {
    return arguments;
  }
}
