package io.traffik.jmh.baseline;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.traffik.jmh.workload.RedisLimiter;
import java.net.URI;

/** The cost of a synchronous round trip by Lettuce. Its threads share one connection. */
public final class PingLettuce implements RedisLimiter {

  private final RedisClient client;
  private final RedisCommands<String, String> commands;

  /** Connects to a server. */
  public PingLettuce(URI server) {
    this.client = RedisClient.create(server.toString());
    this.commands = client.connect().sync();
  }

  @Override
  public boolean hit(String identity) {
    return commands.ping().equals("PONG");
  }

  @Override
  public void close() {
    client.shutdown();
  }
}
