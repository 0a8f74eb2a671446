package io.traffik.jmh.baseline;

import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.sync.RedisCommands;
import io.traffik.jmh.workload.RedisLimiter;
import java.net.URI;
import java.util.List;
import java.util.function.ToLongFunction;
import redis.clients.jedis.UnifiedJedis;

/**
 * The cheapest script that could decide by the server's clock in one round trip. It reads the clock
 * and a value, writes a value that expires, and decides nothing.
 */
public final class MinimalScript implements RedisLimiter {

  private static final String TEXT =
      """
      local time = redis.call('TIME')
      local value = redis.call('GET', KEYS[1])
      redis.call('SET', KEYS[1], value or ARGV[1], 'PXAT', string.format('%d', (time[1] + 60) * 1000))
      return 0
      """;

  /** A value as long as the state of a bucket. */
  private static final String VALUE = "1767225600000000:54000000:0";

  private static final String KEY_PREFIX = "minimal:";

  private final ToLongFunction<String> run;
  private final Runnable closing;

  private MinimalScript(ToLongFunction<String> run, Runnable closing) {
    this.run = run;
    this.closing = closing;
  }

  /** Runs the script by Lettuce. */
  public static MinimalScript lettuce(URI server) {
    RedisClient client = RedisClient.create(server.toString());
    RedisCommands<String, String> commands = client.connect().sync();
    String digest = commands.scriptLoad(TEXT);
    return new MinimalScript(
        key -> commands.<Long>evalsha(digest, ScriptOutputType.INTEGER, new String[] {key}, VALUE),
        client::shutdown);
  }

  /** Runs the script by Jedis. */
  public static MinimalScript jedis(URI server) {
    UnifiedJedis client = PingJedis.pooled(server);
    String digest = client.scriptLoad(TEXT);
    List<String> values = List.of(VALUE);
    return new MinimalScript(
        key -> (Long) client.evalsha(digest, List.of(key), values), client::close);
  }

  @Override
  public boolean hit(String identity) {
    return run.applyAsLong(KEY_PREFIX + identity) == 0;
  }

  @Override
  public void close() {
    closing.run();
  }
}
