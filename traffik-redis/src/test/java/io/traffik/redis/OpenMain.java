package io.traffik.redis;

import io.traffik.TraffikException;

/** Opens backends in a JVM of its own, and prints a line for each: {@code open}, or the failure. */
final class OpenMain {

  private OpenMain() {}

  /** The arguments are a client and a URI for each backend. */
  public static void main(String[] arguments) {
    for (int i = 0; i < arguments.length; i += 2) {
      System.out.println(open(arguments[i], arguments[i + 1]));
    }
  }

  private static String open(String client, String uri) {
    try (RedisBackend backend =
        client.equals("lettuce")
            ? RedisBackend.lettuce(uri, "app")
            : RedisBackend.jedis(uri, "app")) {
      backend.open();
      return "open";
    } catch (TraffikException e) {
      return e.getClass().getSimpleName() + ": " + e.getMessage();
    }
  }
}
