package io.traffik.redis.lettuce;

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
import io.traffik.redis.address.RedisAddress;
import io.traffik.redis.async.AdmissionControl;
import io.traffik.redis.async.Deadlines;
import io.traffik.redis.lettuce.LettuceSource.Session;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Creates and configures Lettuce clients for a backend, and wraps the clients of users. */
public final class LettuceClients {

  /**
   * Larger than the backend's own limit, so that Lettuce never rejects a command: it would log each
   * rejection with a stack trace.
   */
  private static final int REQUEST_QUEUE_SIZE = 2 * AdmissionControl.PLACES + 1_000;

  private static final Duration MAX_RECONNECT_DELAY = Duration.ofSeconds(2);
  private static final Duration TOPOLOGY_REFRESH_PERIOD = Duration.ofSeconds(10);
  private static final Duration MIN_REFRESH_INTERVAL = Duration.ofMillis(500);
  private static final long SHUTDOWN_MILLIS = 1_000;
  private static final int FLUSHES_PER_WRITE = 64;

  private LettuceClients() {}

  /** A client of a single server, or of a master under Sentinel. */
  public static LettuceSource standalone(RedisAddress address, Duration connectTimeout) {
    return onNewThread(() -> createStandalone(address, connectTimeout));
  }

  /** A client of a Redis Cluster. */
  public static LettuceSource clustered(List<RedisAddress> addresses, Duration connectTimeout) {
    return onNewThread(() -> createClustered(addresses, connectTimeout));
  }

  /** Netty leaves thread-locals on a thread that creates a client. They end with this thread. */
  private static LettuceSource onNewThread(Supplier<LettuceSource> factory) {
    try {
      return CompletableFuture.supplyAsync(
              factory, task -> ClientThreads.start("traffik-redis-creating", task))
          .join();
    } catch (CompletionException e) {
      throw unchecked(e.getCause());
    }
  }

  private static RuntimeException unchecked(@Nullable Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    return thrown instanceof RuntimeException unchecked
        ? unchecked
        : new IllegalStateException(thrown);
  }

  private static LettuceSource createStandalone(RedisAddress address, Duration connectTimeout) {
    AnsweringThreads answering = new AnsweringThreads();
    ClientThreads threads = new ClientThreads();
    ClientResources resources = resources(connectTimeout, answering, threads);
    RedisClient client = new SentinelClient(resources);
    client.setOptions(configure(ClientOptions.builder(), connectTimeout).build());
    RedisURI uri = LettuceUris.of(address, connectTimeout);
    return new LettuceSource(
        () ->
            client
                .connectAsync(StringCodec.ASCII, uri)
                .thenApply(connection -> Session.of(connection, true)),
        false,
        false,
        answering,
        deadline -> shutdown(client, resources, threads, deadline));
  }

  private static LettuceSource createClustered(
      List<RedisAddress> addresses, Duration connectTimeout) {
    AnsweringThreads answering = new AnsweringThreads();
    ClientThreads threads = new ClientThreads();
    ClientResources resources = resources(connectTimeout, answering, threads);
    List<RedisURI> uris =
        addresses.stream().map(address -> LettuceUris.of(address, connectTimeout)).toList();
    RedisClusterClient client = RedisClusterClient.create(resources, uris);
    ClusterClientOptions.Builder options = ClusterClientOptions.builder();
    configure(options, connectTimeout);
    options.topologyRefreshOptions(
        ClusterTopologyRefreshOptions.builder()
            .enablePeriodicRefresh(TOPOLOGY_REFRESH_PERIOD)
            .adaptiveRefreshTriggersTimeout(MIN_REFRESH_INTERVAL)
            .refreshTriggersReconnectAttempts(1)
            .build());
    client.setOptions(options.build());
    return new LettuceSource(
        () -> connect(client),
        true,
        false,
        answering,
        deadline -> shutdown(client, resources, threads, deadline));
  }

  /** The user's client, which stays open. */
  public static LettuceSource of(RedisClient client) {
    // The client's own URI is available to the blocking method only.
    return new LettuceSource(
        () ->
            CompletableFuture.completedFuture(Session.of(client.connect(StringCodec.ASCII), true)),
        false,
        true,
        new AnsweringThreads(),
        LettuceSource.NO_SHUTDOWN);
  }

  /** The user's client of a cluster, which stays open. */
  public static LettuceSource of(RedisClusterClient client) {
    return new LettuceSource(
        () -> connect(client), true, true, new AnsweringThreads(), LettuceSource.NO_SHUTDOWN);
  }

  private static CompletionStage<Session> connect(RedisClusterClient client) {
    return client
        .refreshPartitionsAsync()
        .thenCompose(done -> client.connectAsync(StringCodec.ASCII))
        .thenApply(connection -> Session.of(connection, true));
  }

  private static ClientResources resources(
      Duration connectTimeout, AnsweringThreads answering, ClientThreads threads) {
    return ClientResources.builder()
        .reconnectDelay(
            Delay.exponential(Duration.ZERO, MAX_RECONNECT_DELAY, 2, TimeUnit.MILLISECONDS))
        .commandLatencyRecorder(CommandLatencyRecorder.disabled())
        .nettyCustomizer(new ChannelHandlers(connectTimeout, answering))
        .threadFactoryProvider(threads)
        .build();
  }

  /**
   * Adds handlers to every connection. One of them sends the commands of several threads in one
   * write: separate writes would take longer than Redis needs to decide.
   *
   * @param maxSilence the longest time without an answer before a connection is closed
   * @param threads receives the event loop of each connection, even if connecting fails
   */
  private record ChannelHandlers(Duration maxSilence, AnsweringThreads threads)
      implements NettyCustomizer {

    @Override
    public void afterChannelInitialized(Channel channel) {
      threads.add(channel.eventLoop());
      channel
          .pipeline()
          .addFirst(
              new StallDetector(maxSilence),
              new FlushConsolidationHandler(FLUSHES_PER_WRITE, true));
    }
  }

  private static <B extends ClientOptions.Builder> B configure(B options, Duration connectTimeout) {
    options
        .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
        .replayFilter(LettuceClients::failUnanswered)
        .requestQueueSize(REQUEST_QUEUE_SIZE)
        // A command that Lettuce times out stays in its queue, but would no longer be counted.
        .timeoutOptions(TimeoutOptions.builder().timeoutCommands(false).build())
        .socketOptions(
            SocketOptions.builder()
                .connectTimeout(connectTimeout)
                .tcpNoDelay(true)
                .keepAlive(true)
                .build());
    return options;
  }

  /**
   * A replay filter that keeps commands from being sent again, since the first copy may have been
   * charged. Lettuce forgets filtered commands without completing them, so this completes them.
   */
  private static boolean failUnanswered(RedisCommand<?, ?, ?> command) {
    command.completeExceptionally(new RedisException("the connection was lost"));
    return true;
  }

  private static void shutdown(
      AbstractRedisClient client, ClientResources resources, ClientThreads threads, long deadline)
      throws InterruptedException {
    try {
      Deadlines.awaitEnd(client.shutdownAsync(0, SHUTDOWN_MILLIS, TimeUnit.MILLISECONDS), deadline);
    } finally {
      var unused = resources.shutdown(0, SHUTDOWN_MILLIS, TimeUnit.MILLISECONDS);
    }
    threads.awaitEnd(deadline);
  }
}
