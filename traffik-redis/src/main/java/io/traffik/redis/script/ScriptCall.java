package io.traffik.redis.script;

import java.util.List;

/** One run of the script, by digest or by source. Immutable. */
public final class ScriptCall {

  private final boolean bySource;
  private final List<String> keys;
  private final String[] arguments;

  private ScriptCall(boolean bySource, List<String> keys, String[] arguments) {
    this.bySource = bySource;
    this.keys = keys;
    this.arguments = arguments;
  }

  /**
   * A call on one key that sends the digest ({@code EVALSHA}).
   *
   * @param arguments the script's arguments; must not be changed afterwards
   */
  public static ScriptCall byDigest(String key, String[] arguments) {
    return byDigest(List.of(key), arguments);
  }

  /**
   * A call on several keys that sends the digest ({@code EVALSHA}).
   *
   * @param keys at least one key; all on the same server. Must not be changed afterwards
   * @param arguments the script's arguments; must not be changed afterwards
   */
  static ScriptCall byDigest(List<String> keys, String[] arguments) {
    return new ScriptCall(false, keys, arguments);
  }

  /** The same call with the source ({@code EVAL}), for a server that does not cache the script. */
  public ScriptCall withSource() {
    return new ScriptCall(true, keys, arguments);
  }

  public boolean isBySource() {
    return bySource;
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
