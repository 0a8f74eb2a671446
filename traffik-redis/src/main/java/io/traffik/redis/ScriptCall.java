package io.traffik.redis;

/** One run of the script on one key. */
final class ScriptCall {

  private final boolean inFull;
  private final String key;
  private final String[] arguments;

  private ScriptCall(boolean inFull, String key, String[] arguments) {
    this.inFull = inFull;
    this.key = key;
    this.arguments = arguments;
  }

  /**
   * A call as it is usually made.
   *
   * @param arguments as the script wants them; nobody writes into them any more
   */
  static ScriptCall byDigest(String key, String[] arguments) {
    return new ScriptCall(false, key, arguments);
  }

  /** The same for a server that does not know the digest, which it does from then on. */
  ScriptCall sentInFull() {
    return new ScriptCall(true, key, arguments);
  }

  boolean isInFull() {
    return inFull;
  }

  String key() {
    return key;
  }

  String[] arguments() {
    return arguments;
  }
}
