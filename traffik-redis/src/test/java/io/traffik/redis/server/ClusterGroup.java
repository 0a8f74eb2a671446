package io.traffik.redis.server;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** A cluster of three masters with one replica each. Not thread-safe. */
public final class ClusterGroup implements AutoCloseable {

  /** The number of slots of a cluster. */
  public static final int SLOTS = 16_384;

  private static final int MASTERS = 3;

  private final List<RedisProcess> nodes = new ArrayList<>();

  private ClusterGroup() {}

  /** Starts the cluster and waits until every node reports it as complete. */
  public static ClusterGroup start() {
    ClusterGroup cluster = new ClusterGroup();
    try {
      cluster.launch();
      return cluster;
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  private void launch() {
    for (int i = 0; i < 2 * MASTERS; i++) {
      RedisProcess node =
          RedisProcess.start(
              "cluster-enabled yes",
              "cluster-node-timeout 1000",
              "cluster-replica-validity-factor 0",
              "repl-diskless-sync yes",
              "repl-diskless-sync-delay 0");
      nodes.add(node);
      node.execute("CLUSTER", "SET-CONFIG-EPOCH", String.valueOf(i + 1));
      if (i < MASTERS) {
        node.execute(addSlots(i));
      }
      node.execute("CLUSTER", "MEET", "127.0.0.1", String.valueOf(nodes.get(0).port()));
    }
    Condition.await(
        "all nodes know each other",
        () -> nodes.stream().allMatch(node -> hasInfo(node, "cluster_known_nodes:6")));
    for (int i = 0; i < MASTERS; i++) {
      String master = id(nodes.get(i));
      RedisProcess replica = nodes.get(MASTERS + i);
      Condition.await(
          "a replica joins its master",
          () -> replica.execute("CLUSTER", "REPLICATE", master).equals("OK"));
    }
    Condition.await(
        "every node reports the cluster as complete",
        () -> nodes.stream().allMatch(ClusterGroup::isComplete));
  }

  private static String[] addSlots(int master) {
    return IntStream.concat(IntStream.of(-2, -1), slots(master))
        .mapToObj(slot -> slot == -2 ? "CLUSTER" : slot == -1 ? "ADDSLOTS" : String.valueOf(slot))
        .toArray(String[]::new);
  }

  private static IntStream slots(int master) {
    return IntStream.range(master * SLOTS / MASTERS, (master + 1) * SLOTS / MASTERS);
  }

  private static boolean hasInfo(RedisProcess node, String line) {
    return node.execute("CLUSTER", "INFO").contains(line + "\r\n");
  }

  private static boolean isComplete(RedisProcess node) {
    List<String> lines = node.execute("CLUSTER", "NODES").lines().toList();
    boolean linked =
        node.execute("INFO", "replication").contains("role:master")
            || node.execute("INFO", "replication").contains("master_link_status:up");
    return linked
        && hasInfo(node, "cluster_state:ok")
        && hasInfo(node, "cluster_size:3")
        && lines.stream().filter(line -> line.contains("slave")).count() == MASTERS
        && lines.stream().noneMatch(line -> line.contains("fail") || line.contains("handshake"));
  }

  private static String id(RedisProcess node) {
    return node.execute("CLUSTER", "MYID");
  }

  /** All nodes, as {@code redis://127.0.0.1:port}. */
  public List<String> uris() {
    return nodes.stream().map(node -> node.uri().toString()).toList();
  }

  /** All nodes. */
  public List<RedisProcess> nodes() {
    return List.copyOf(nodes);
  }

  /** The slot of a key. */
  public int slot(String key) {
    return Integer.parseInt(nodes.get(0).execute("CLUSTER", "KEYSLOT", key));
  }

  /**
   * The master of a slot, as one node reports it.
   *
   * @param node a running node
   */
  public RedisProcess masterOf(int slot, RedisProcess node) {
    try (RedisConnection connection = node.connect()) {
      for (Object element : (List<?>) connection.execute("CLUSTER", "SLOTS")) {
        List<?> range = (List<?>) element;
        if ((Long) range.get(0) <= slot && slot <= (Long) range.get(1)) {
          return node(((Long) ((List<?>) range.get(2)).get(1)).intValue());
        }
      }
    }
    throw new IllegalStateException("no node serves slot " + slot);
  }

  /** The replica of a master. */
  public RedisProcess replicaOf(RedisProcess master) {
    String replica = master.execute("CLUSTER", "REPLICAS", id(master));
    return nodes.stream()
        .filter(node -> replica.contains(":" + node.port() + "@"))
        .findFirst()
        .orElseThrow();
  }

  private RedisProcess node(int port) {
    return nodes.stream().filter(node -> node.port() == port).findFirst().orElseThrow();
  }

  /** Moves a slot with all its keys, as {@code redis-cli --cluster reshard} does. */
  public void move(int slot, RedisProcess from, RedisProcess to) {
    String number = String.valueOf(slot);
    String target = id(to);
    to.execute("CLUSTER", "SETSLOT", number, "IMPORTING", id(from));
    from.execute("CLUSTER", "SETSLOT", number, "MIGRATING", target);
    try (RedisConnection source = from.connect()) {
      for (List<String> keys = keys(source, number); !keys.isEmpty(); keys = keys(source, number)) {
        for (String key : keys) {
          source.execute("MIGRATE", "127.0.0.1", String.valueOf(to.port()), key, "0", "5000");
        }
      }
    }
    to.execute("CLUSTER", "SETSLOT", number, "NODE", target);
    from.execute("CLUSTER", "SETSLOT", number, "NODE", target);
    Condition.await(
        "all nodes know the new master of the slot",
        () -> nodes.stream().allMatch(node -> masterOf(slot, node) == to));
  }

  private static List<String> keys(RedisConnection source, String slot) {
    return source.list("CLUSTER", "GETKEYSINSLOT", slot, "100");
  }

  @Override
  public void close() {
    nodes.forEach(RedisProcess::close);
  }
}
