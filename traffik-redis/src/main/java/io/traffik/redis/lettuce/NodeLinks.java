package io.traffik.redis.lettuce;

import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.traffik.redis.async.SingleFlight;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The connections to the nodes of a cluster. Lettuce connects to a node on first use, and rejects
 * commands until then. Thread-safe.
 */
final class NodeLinks {

  private final ConcurrentMap<String, SingleFlight<ConnectionMonitor>> byUri =
      new ConcurrentHashMap<>();

  /** The monitor of the connection to a node, once it is connected. */
  CompletableFuture<ConnectionMonitor> of(
      StatefulRedisClusterConnection<String, String> cluster, RedisClusterNode node) {
    RedisURI uri = node.getUri();
    String address = uri.getHost() + ":" + uri.getPort();
    SingleFlight<ConnectionMonitor> existing = byUri.get(address);
    if (existing == null) {
      forgetOthers(cluster);
      existing =
          byUri.computeIfAbsent(
              address,
              key -> new SingleFlight<>(() -> connect(cluster, uri), NodeLinks::closeMonitor));
    }
    return existing.value();
  }

  private static CompletionStage<ConnectionMonitor> connect(
      StatefulRedisClusterConnection<String, String> cluster, RedisURI uri) {
    return cluster
        .getConnectionAsync(uri.getHost(), uri.getPort())
        .thenApply(connection -> ConnectionMonitor.of(connection, uri.getHost(), uri.getPort()));
  }

  private static CompletionStage<?> closeMonitor(ConnectionMonitor monitor) {
    monitor.close();
    return CompletableFuture.completedFuture(null);
  }

  /** Ends the attempts to connect to nodes that have left the cluster. */
  private void forgetOthers(StatefulRedisClusterConnection<String, String> cluster) {
    byUri.forEach(
        (address, link) -> {
          boolean known =
              cluster.getPartitions().stream()
                  .map(RedisClusterNode::getUri)
                  .anyMatch(uri -> address.equals(uri.getHost() + ":" + uri.getPort()));
          if (!known && byUri.remove(address, link)) {
            var unused = link.close();
          }
        });
  }

  void close() {
    byUri.values().forEach(SingleFlight::close);
  }
}
