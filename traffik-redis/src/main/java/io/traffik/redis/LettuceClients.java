package io.traffik.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.protocol.RedisCommand;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.traffik.redis.LettuceSource.Opened;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Lettuce's clients as a backend wants them, and those that it is given. */
final class LettuceClients {

  /**
   * More than a backend lets wait, so that the client is not the one to refuse: it would log each
   * refusal with a stack trace.
   */
  private static final int LONGEST_QUEUE = InFlightLimiter.PLACES + 1_000;

  /**
   * Reconnecting begins at once and goes on for ever; there is no harm in trying five times a
   * second.
   */
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(200);

  /** How old the picture of a cluster may be if no command has shown it to be wrong. */
  private static final Duration TOPOLOGY_AGE = Duration.ofSeconds(10);

  private static final Duration TOPOLOGY_PAUSE = Duration.ofMillis(500);
  private static final Duration SHORTEST_CONNECT = Duration.ofSeconds(2);
  private static final long SHUTDOWN_MILLIS = 1_000;
  private static final int MOST_FLUSHES = 64;

  private LettuceClients() {}

  static LettuceSource standalone(RedisURI uri, Duration deadline) {
    ClientResources resources = resources(deadline);
    RedisClient client = RedisClient.create(resources);
    client.setOptions(alike(ClientOptions.builder(), deadline).build());
    uri.setTimeout(handshake(deadline));
    return new LettuceSource(
        () -> client.connectAsync(StringCodec.ASCII, uri).thenApply(made -> Opened.of(made, true)),
        false,
        false,
        () -> shutdown(client, resources));
  }

  static LettuceSource clustered(List<RedisURI> uris, Duration deadline) {
    ClientResources resources = resources(deadline);
    uris.forEach(uri -> uri.setTimeout(handshake(deadline)));
    RedisClusterClient client = RedisClusterClient.create(resources, uris);
    ClusterClientOptions.Builder options = ClusterClientOptions.builder();
    alike(options, deadline);
    options.topologyRefreshOptions(
        ClusterTopologyRefreshOptions.builder()
            .enablePeriodicRefresh(TOPOLOGY_AGE)
            .adaptiveRefreshTriggersTimeout(TOPOLOGY_PAUSE)
            .refreshTriggersReconnectAttempts(1)
            .build());
    client.setOptions(options.build());
    return new LettuceSource(() -> connect(client), true, false, () -> shutdown(client, resources));
  }

  static LettuceSource of(RedisClient client) {
    // Only the blocking form knows the client's own URI.
    return new LettuceSource(
        () -> CompletableFuture.completedFuture(Opened.of(client.connect(StringCodec.ASCII), true)),
        false,
        true,
        () -> {});
  }

  static LettuceSource of(RedisClusterClient client) {
    return new LettuceSource(() -> connect(client), true, true, () -> {});
  }

  private static CompletionStage<Opened> connect(RedisClusterClient client) {
    return client
        .refreshPartitionsAsync()
        .thenCompose(done -> client.connectAsync(StringCodec.ASCII))
        .thenApply(made -> Opened.of(made, true));
  }

  private static ClientResources resources(Duration deadline) {
    return ClientResources.builder()
        .reconnectDelay(Delay.exponential(Duration.ZERO, LONGEST_PAUSE, 2, TimeUnit.MILLISECONDS))
        .commandLatencyRecorder(CommandLatencyRecorder.disabled())
        .nettyCustomizer(new Connections(handshake(deadline)))
        .build();
  }

  /**
   * What several threads ask at a time goes to the server in one write, and comes back in one:
   * otherwise that takes each of them longer than Redis needs to decide.
   *
   * @param longestSilence after which a connection that was asked is given up
   */
  private record Connections(Duration longestSilence) implements NettyCustomizer {

    @Override
    public void afterChannelInitialized(Channel channel) {
      channel
          .pipeline()
          .addFirst(
              new StallDetector(longestSilence), new FlushConsolidationHandler(MOST_FLUSHES, true));
    }
  }

  private static <B extends ClientOptions.Builder> B alike(B options, Duration deadline) {
    options
        .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
        .replayFilter(LettuceClients::isNotSentAgain)
        .requestQueueSize(LONGEST_QUEUE)
        // A command that Lettuce has ended stays in its queue, and would not be counted any more.
        .timeoutOptions(TimeoutOptions.builder().timeoutCommands(false).build())
        .socketOptions(
            SocketOptions.builder()
                .connectTimeout(handshake(deadline))
                .tcpNoDelay(true)
                .keepAlive(true)
                .build());
    return options;
  }

  /**
   * A hit that was on its way when the connection was lost may have been charged. Lettuce forgets
   * what it does not send; whoever waits for it should not have to wait for the deadline.
   */
  private static boolean isNotSentAgain(RedisCommand<?, ?, ?> command) {
    command.completeExceptionally(new RedisException("the connection was lost"));
    return true;
  }

  /**
   * Connecting goes on for a while after the decision that wanted it has ended, so that later ones
   * find a connection to a server that is far away or a JVM that has just started.
   */
  private static Duration handshake(Duration deadline) {
    return deadline.compareTo(SHORTEST_CONNECT) < 0 ? SHORTEST_CONNECT : deadline;
  }

  private static void shutdown(AbstractRedisClient client, ClientResources resources) {
    Stages.onEnd(
        client.shutdownAsync(0, SHUTDOWN_MILLIS, TimeUnit.MILLISECONDS),
        (done, thrown) -> {
          var unused = resources.shutdown(0, SHUTDOWN_MILLIS, TimeUnit.MILLISECONDS);
        });
  }
}
