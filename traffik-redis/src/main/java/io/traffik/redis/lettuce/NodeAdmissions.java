package io.traffik.redis.lettuce;

import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.traffik.redis.async.AdmissionControl;
import io.traffik.redis.async.AdmissionControl.AdmittedCall;
import io.traffik.redis.async.AdmissionControl.Mode;
import io.traffik.redis.async.AdmissionControl.ServerStalledException;
import io.traffik.redis.lettuce.LettuceSource.Session;
import io.traffik.redis.script.ScriptCall;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The admission controls of a single server, or of the nodes of a cluster. A node that hangs must
 * not occupy the places of the others.
 */
final class NodeAdmissions {

  /** For a single server, and for a cluster whose nodes are not known yet. */
  private final AdmissionControl single = new AdmissionControl();

  private final ConcurrentMap<String, AdmissionControl> byNode = new ConcurrentHashMap<>();

  /**
   * The admission control for a call.
   *
   * @param open the open session, or null
   */
  AdmissionControl of(@Nullable Session open, ScriptCall call) {
    if (open != null && open.connection() instanceof StatefulRedisClusterConnection<?, ?> cluster) {
      RedisClusterNode node =
          cluster.getPartitions().getPartitionBySlot(SlotHash.getSlot(call.key()));
      if (node != null) {
        AdmissionControl existing = byNode.get(node.getNodeId());
        return existing != null
            ? existing
            : byNode.computeIfAbsent(node.getNodeId(), id -> new AdmissionControl());
      }
    }
    return single;
  }

  /** Admits all calls, or none if one is rejected. */
  List<AdmittedCall> admitAll(
      @Nullable Session open, List<ScriptCall> calls, Mode mode, long timeoutNanos)
      throws ServerStalledException {
    long deadline = System.nanoTime() + timeoutNanos;
    List<AdmittedCall> admitted = new ArrayList<>(calls.size());
    try {
      for (ScriptCall call : calls) {
        admitted.add(of(open, call).admit(mode, call.client(), deadline, timeoutNanos));
      }
      return admitted;
    } catch (ServerStalledException | RuntimeException e) {
      admitted.forEach(call -> call.end(false));
      throw e;
    }
  }
}
