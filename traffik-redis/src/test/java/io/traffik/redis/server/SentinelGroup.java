package io.traffik.redis.server;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A master, two replicas and three sentinels. Not thread-safe. */
public final class SentinelGroup implements AutoCloseable {

  /** The name of the master in Sentinel. */
  public static final String MASTER = "mymaster";

  private static final int SENTINELS = 3;

  private final List<RedisProcess> servers = new ArrayList<>();
  private final List<RedisProcess> sentinels = new ArrayList<>();

  private SentinelGroup() {}

  /** Starts the group and waits until every sentinel knows the others and both replicas. */
  public static SentinelGroup start() {
    SentinelGroup group = new SentinelGroup();
    try {
      group.launch();
      return group;
    } catch (RuntimeException e) {
      group.close();
      throw e;
    }
  }

  private void launch() {
    String[] fastReplication = {"repl-diskless-sync yes", "repl-diskless-sync-delay 0"};
    RedisProcess master = RedisProcess.start(fastReplication);
    servers.add(master);
    String replica = "replicaof 127.0.0.1 " + master.port();
    for (int i = 0; i < 2; i++) {
      servers.add(RedisProcess.start(fastReplication[0], fastReplication[1], replica));
    }
    Condition.await(
        "both replicas replicate the master",
        () -> servers.stream().skip(1).allMatch(SentinelGroup::isReplicating));
    for (int i = 0; i < SENTINELS; i++) {
      sentinels.add(
          RedisProcess.startSentinel(
              List.of(
                  "sentinel monitor " + MASTER + " 127.0.0.1 " + master.port() + " 2",
                  "sentinel down-after-milliseconds " + MASTER + " 1000",
                  "sentinel failover-timeout " + MASTER + " 6000")));
    }
    Condition.await(
        "all sentinels know each other and the replicas",
        () -> sentinels.stream().allMatch(SentinelGroup::isComplete));
  }

  private static boolean isReplicating(RedisProcess replica) {
    return replica.execute("INFO", "replication").contains("master_link_status:up");
  }

  private static boolean isComplete(RedisProcess sentinel) {
    try (RedisConnection connection = sentinel.connect()) {
      List<String> facts = connection.list("SENTINEL", "MASTER", MASTER);
      return facts.get(facts.indexOf("num-slaves") + 1).equals("2")
          && facts.get(facts.indexOf("num-other-sentinels") + 1).equals("2");
    }
  }

  /** {@code redis-sentinel://127.0.0.1:a,127.0.0.1:b,127.0.0.1:c/0#mymaster}. */
  public String uri() {
    return sentinels.stream()
        .map(sentinel -> "127.0.0.1:" + sentinel.port())
        .collect(Collectors.joining(",", "redis-sentinel://", "/0#" + MASTER));
  }

  /** Host and port of each sentinel. */
  public List<String> sentinels() {
    return sentinels.stream().map(sentinel -> "127.0.0.1:" + sentinel.port()).toList();
  }

  /** The master and its replicas, in no particular order. */
  public List<RedisProcess> servers() {
    return List.copyOf(servers);
  }

  /** The server that all sentinels and the server itself report as the master. */
  public RedisProcess master() {
    List<RedisProcess> found = new ArrayList<>();
    Condition.await(
        "the sentinels agree on a master",
        () -> {
          found.clear();
          List<String> ports = sentinels.stream().map(SentinelGroup::portOfMaster).toList();
          servers.stream()
              .filter(server -> ports.stream().allMatch(String.valueOf(server.port())::equals))
              .filter(server -> server.execute("ROLE").startsWith("[master"))
              .forEach(found::add);
          return !found.isEmpty();
        });
    return found.get(0);
  }

  private static String portOfMaster(RedisProcess sentinel) {
    try (RedisConnection connection = sentinel.connect()) {
      return connection.list("SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER).get(1);
    }
  }

  /** Waits until the replicas have received all writes of their master. */
  public static void awaitReplicas(RedisProcess master, int replicas) {
    Condition.await(
        "replicas have all writes of their master",
        () -> Long.parseLong(master.execute("WAIT", String.valueOf(replicas), "1000")) >= replicas);
  }

  @Override
  public void close() {
    sentinels.forEach(RedisProcess::close);
    servers.forEach(RedisProcess::close);
  }
}
