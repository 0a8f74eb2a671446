package io.traffik.redis.jedis;

import io.traffik.redis.async.Deadlines;
import io.traffik.redis.async.PagedRemoval;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisDataException;

/** Removes keys from servers, over one connection to each, page by page. */
final class KeyScan {

  private static final byte[] START = {'0'};

  private KeyScan() {}

  /**
   * Removes all keys with a prefix from every master.
   *
   * @param prefix contains no character that is special in a glob
   * @param timeoutNanos the longest wait for a connection, and for each answer
   */
  static CompletableFuture<@Nullable Void> removeAll(
      JedisExecutor executor, JedisServers topology, String prefix, long timeoutNanos) {
    return PagedRemoval.start(
        topology.masters().iterator(),
        masters ->
            connect(executor, topology, masters.next(), timeoutNanos)
                .thenCompose(
                    connection ->
                        executor.submit(() -> removeAll(connection, prefix, timeoutNanos)))
                .thenApply(done -> masters.hasNext() ? masters : null));
  }

  /** Connecting may take longer than the timeout. A late connection is closed. */
  private static CompletableFuture<Connection> connect(
      JedisExecutor executor, JedisServers topology, HostAndPort master, long timeoutNanos) {
    CompletableFuture<Connection> connecting = executor.submit(() -> topology.connect(master));
    return Deadlines.orTimeout(connecting.copy(), timeoutNanos)
        .whenComplete(
            (connection, thrown) -> {
              if (thrown != null) {
                var unused = connecting.thenAccept(JedisServers::discard);
              }
            });
  }

  private static boolean removeAll(Connection connection, String prefix, long timeoutNanos) {
    try {
      connection.setSoTimeout(NodeCall.millis(timeoutNanos));
      removeAll(connection, prefix);
      return true;
    } finally {
      JedisServers.discard(connection);
    }
  }

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
