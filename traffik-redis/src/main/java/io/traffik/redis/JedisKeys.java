package io.traffik.redis;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisDataException;

/** Removes keys of one server in batches, so that others are not held up. */
final class JedisKeys {

  private static final int KEYS_PER_BATCH = 1_000;

  private JedisKeys() {}

  /**
   * Removes all keys that begin so.
   *
   * @param prefix holds no character that means something in a pattern
   */
  static void removeAll(Connection connection, String prefix) {
    byte[] cursor = {'0'};
    do {
      Object answer =
          connection.executeCommand(
              new CommandArguments(Command.SCAN)
                  .add(cursor)
                  .add("MATCH")
                  .add(prefix + "*")
                  .add("COUNT")
                  .add(KEYS_PER_BATCH));
      List<?> page = (List<?>) answer;
      cursor = (byte[]) page.get(0);
      remove(connection, (List<?>) page.get(1));
    } while (!new String(cursor, StandardCharsets.US_ASCII).equals("0"));
  }

  /** One command for each key, for those of a cluster are in different slots, but all at once. */
  private static void remove(Connection connection, List<?> keys) {
    List<JedisDataException> refusals = new ArrayList<>();
    for (Object key : keys) {
      connection.sendCommand(Command.UNLINK, (byte[]) key);
    }
    for (Object answer : connection.getMany(keys.size())) {
      if (answer instanceof JedisDataException refusal) {
        refusals.add(refusal);
      }
    }
    if (!refusals.isEmpty()) {
      throw refusals.get(0);
    }
  }
}
