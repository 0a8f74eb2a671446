package io.traffik.redis.script;

/** One run of the script on one key, by digest or by source. Immutable. */
public final class ScriptCall {

  private final boolean bySource;
  private final String key;
  private final String[] arguments;

  private ScriptCall(boolean bySource, String key, String[] arguments) {
    this.bySource = bySource;
    this.key = key;
    this.arguments = arguments;
  }

  /**
   * A call that sends the digest ({@code EVALSHA}).
   *
   * @param arguments the script's arguments; must not be changed afterwards
   */
  public static ScriptCall byDigest(String key, String[] arguments) {
    return new ScriptCall(false, key, arguments);
  }

  /** The same call with the source ({@code EVAL}), for a server that does not cache the script. */
  public ScriptCall withSource() {
    return new ScriptCall(true, key, arguments);
  }

  public boolean isBySource() {
    return bySource;
  }

  public String key() {
    return key;
  }

  public String[] arguments() {
    return arguments;
  }
}
