package io.traffik.redis.lettuce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.traffik.redis.address.RedisAddress;
import io.traffik.redis.lettuce.LettuceSource.Session;
import io.traffik.redis.script.ScriptCall;
import io.traffik.redis.server.Condition;
import io.traffik.redis.server.NeedsProcesses;
import io.traffik.redis.server.RedisConnection;
import io.traffik.redis.server.RedisServers;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * In a cluster, only commands that were certainly not sent are sent again. The test delays the
 * thread of the first command until its outcome is known, as may happen by chance.
 */
@NeedsProcesses
final class LettuceSentOnceTest {

  private static final Duration DEADLINE = Duration.ofSeconds(10);
  private static final String TOKEN_MICROS = "3600000000";

  private final String namespace = "once-" + Long.toHexString(System.nanoTime());
  private final Set<String> keys = new HashSet<>();
  private final AtomicInteger sent = new AtomicInteger();
  private final LettuceSource source =
      LettuceClients.clustered(
          RedisServers.cluster().uris().stream().map(RedisAddress::parseNode).toList(), DEADLINE);
  private final Session session = source.connect().get().toCompletableFuture().join();
  private final LettuceRunner runner = new LettuceRunner(delayingFirstSend());
  private Runnable onFirstSend = () -> {};

  private LettuceSource delayingFirstSend() {
    Session delaying =
        new Session(
            delayingFirstSend(session.commands()),
            session.connection(),
            session.owned(),
            session.monitor());
    return new LettuceSource(
        () -> CompletableFuture.completedFuture(delaying),
        true,
        false,
        // Commands are then sent on the caller's thread, which may wait in dispatch().
        new AnsweringThreads(),
        source.shutdown());
  }

  @SuppressWarnings("unchecked")
  private RedisClusterAsyncCommands<String, String> delayingFirstSend(
      RedisClusterAsyncCommands<String, String> commands) {
    return (RedisClusterAsyncCommands<String, String>)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {RedisClusterAsyncCommands.class},
            (proxy, method, arguments) -> {
              Object result = method.invoke(commands, arguments);
              if (method.getName().equals("dispatch") && sent.incrementAndGet() == 1) {
                onFirstSend.run();
                assertThat(((RedisFuture<?>) result).await(20, TimeUnit.SECONDS)).isTrue();
              }
              return result;
            });
  }

  @AfterEach
  void close() {
    for (String key : keys) {
      try (RedisConnection server = serverOf(key)) {
        server.execute("DEL", key);
      }
    }
    runner.close();
  }

  @Test
  void s1_aCommandRejectedWithoutAConnectionIsSentOnceConnected() throws Exception {
    for (int key = 0; key < 20; key++) {
      assertThat(hit("client" + key)).as("debt before the first hit").isEqualTo(0L);
      assertThat((Long) hit("client" + key)).as("debt before the second hit").isPositive();
    }
    assertThat(sent)
        .as("commands, including those rejected without a connection")
        .hasValueBetween(40 + 1, 40 + 3);
  }

  @Test
  void s4_aChargedHitWithALostAnswerIsNotSentAgain() {
    String key = key("client");
    StatefulRedisConnection<String, String> node = connectionTo(key);
    long id = node.sync().clientId();
    try (RedisConnection server = serverOf(key)) {
      var unanswered =
          node.async()
              .dispatch(
                  CommandType.CLIENT,
                  new StatusOutput<>(StringCodec.ASCII),
                  new CommandArgs<>(StringCodec.ASCII).add("REPLY").add("OFF"))
              .toCompletableFuture();
      onFirstSend =
          () -> {
            Condition.await("charged", () -> server.text("EXISTS", key).equals("1"));
            server.execute("CLIENT", "KILL", "ID", String.valueOf(id));
          };
      assertThatThrownBy(() -> hit("client")).hasRootCauseInstanceOf(RedisException.class);
      assertThat(unanswered).isCompletedExceptionally();
      assertThat(sent).hasValue(1);
      assertThat(server.text("GET", key))
          .endsWith(":" + TOKEN_MICROS + ":0:" + TOKEN_MICROS + "000");
    }
  }

  @Test
  void s4_aCallAnsweredWithAnErrorIsNotSentAgain() {
    String key = key("client");
    connectionTo(key);
    try (RedisConnection server = serverOf(key)) {
      server.execute("LPUSH", key, "theirs");
      assertThatThrownBy(() -> hit("client")).hasMessageContaining("WRONGTYPE");
      assertThat(sent).hasValue(1);
    }
  }

  private Object hit(String client) throws Exception {
    String[] arguments = {"h", "36000000000", "0", TOKEN_MICROS, "0", TOKEN_MICROS + "000"};
    return runner.run(
        ScriptCall.byDigest(client, key(client), arguments).withSource(), DEADLINE.toNanos());
  }

  private String key(String client) {
    String key = namespace + "|api|" + client + "|";
    keys.add(key);
    return key;
  }

  private StatefulRedisConnection<String, String> connectionTo(String key) {
    RedisURI uri = nodeOf(key).getUri();
    return cluster().getConnectionAsync(uri.getHost(), uri.getPort()).join();
  }

  private RedisConnection serverOf(String key) {
    return RedisConnection.to(nodeOf(key).getUri().getPort());
  }

  private RedisClusterNode nodeOf(String key) {
    return cluster().getPartitions().getPartitionBySlot(SlotHash.getSlot(key));
  }

  @SuppressWarnings("unchecked")
  private StatefulRedisClusterConnection<String, String> cluster() {
    return (StatefulRedisClusterConnection<String, String>) session.connection();
  }
}
