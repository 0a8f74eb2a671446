package io.traffik.redis.jedis;

import io.traffik.redis.async.PagedRemoval;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisDataException;

/** Removes the keys of one server over one connection, page by page. */
final class KeyScan {

  private static final byte[] START = {'0'};

  private KeyScan() {}

  /**
   * Removes all keys with a prefix.
   *
   * @param prefix contains no character that is special in a glob
   */
  static void removeAll(Connection connection, String prefix) {
    byte[] cursor = START;
    do {
      Object answer =
          connection.executeCommand(
              new CommandArguments(Command.SCAN)
                  .add(cursor)
                  .add("MATCH")
                  .add(prefix + "*")
                  .add("COUNT")
                  .add(PagedRemoval.PAGE_SIZE));
      List<?> page = (List<?>) answer;
      cursor = (byte[]) page.get(0);
      unlink(connection, (List<?>) page.get(1));
    } while (!Arrays.equals(cursor, START));
  }

  /** Pipelines one command per key, because the keys of a cluster are in different slots. */
  private static void unlink(Connection connection, List<?> keys) {
    List<JedisDataException> errors = new ArrayList<>();
    for (Object key : keys) {
      connection.sendCommand(Command.UNLINK, (byte[]) key);
    }
    for (Object answer : connection.getMany(keys.size())) {
      if (answer instanceof JedisDataException error) {
        errors.add(error);
      }
    }
    if (!errors.isEmpty()) {
      throw errors.get(0);
    }
  }
}
