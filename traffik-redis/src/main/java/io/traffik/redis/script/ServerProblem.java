package io.traffik.redis.script;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The known problems of servers and their addresses: how each is recognised, described and solved.
 * The first that matches is the problem.
 */
public enum ServerProblem {
  UNKNOWN_HOST(
      false,
      "unknown host",
      "Check the host name and DNS.",
      t -> t instanceof UnknownHostException || t instanceof UnresolvedAddressException),
  REFUSED(
      false,
      "connection refused",
      "Check host and port, and that Redis runs.",
      t ->
          t instanceof NoRouteToHostException
              || (t instanceof ConnectException && !ErrorTranslator.isTimeout(t))),
  UNTRUSTED(
      true,
      "the server's certificate is not trusted",
      "Add its authority to the trust store of the JVM (-Djavax.net.ssl.trustStore), or pass your"
          + " own client.",
      says("PKIX path", "unable to find valid certification path")),
  OTHER_HOST(
      true,
      "the server's certificate is for another host",
      "Use a host name of the certificate in the URI.",
      says("No subject alternative", "No name matching")),
  TLS(
      true,
      "TLS failed",
      "Check the certificate, and that the URI says rediss:// if and only if the server uses TLS.",
      t -> t instanceof SSLException),
  WRONG_PASSWORD(
      true,
      "wrong user name or password",
      "Check both.",
      says("WRONGPASS", "invalid password", "invalid username-password")),
  NO_PASSWORD_SET(
      true,
      "the server has no password",
      "Remove the password from the URI, or set requirepass.",
      says("no password is set", "without any password configured")),
  NO_USERS(
      true,
      "the server does not support user names, so it is too old",
      "Upgrade to Redis 6.2 or later.",
      says("wrong number of arguments for 'auth'")),
  PASSWORD_REQUIRED(true, "password required", "Add it to the URI or client.", says("NOAUTH")),
  PERMISSION_DENIED(
      true,
      "permission denied",
      "Grant the missing permission to the user.",
      says("NOPERM", "can't run this command", "can't access at least one of the keys")),
  PROTECTED(
      true,
      "the server is in protected mode, and serves its own host only",
      "Set a password or bind addresses.",
      says("protected mode")),
  UNKNOWN_MASTER(
      true,
      "the sentinels do not know the master",
      "Check the name after # in the URI.",
      says("not monitored", "using sentinel for masterId", "No such master")),
  NO_DATABASE(
      true,
      "no such database",
      "Check the number in the URI; a cluster has database 0 only.",
      says("DB index is out of range", "SELECT is not allowed")),
  REPLICA(
      true,
      "the server is a replica, which rejects writes",
      "Use the URI of the master or of Sentinel.",
      says("READONLY")),
  CLUSTER_NODE(
      true,
      "the server is a node of a cluster, and another node has the key",
      "Call .cluster(…), or pass a client for clusters.",
      t -> String.valueOf(t.getMessage()).startsWith("MOVED ")),
  NO_CLUSTER(
      true,
      "the server is not a node of a cluster",
      "Call .uri(…), or pass a client for single servers.",
      says("cluster support disabled")),
  NO_SCRIPTS(
      true,
      "the server has no command for scripts",
      "Use Redis 6.2 or later, or Valkey, or redis-sentinel:// for a sentinel. Check rename-command,"
          + " and which commands a proxy supports.",
      unknownCommand("eval")),
  WRONG_TYPE(
      true,
      "a key of the namespace holds a value of another type",
      "Remove the key, or give the backend a namespace of its own.",
      says("WRONGTYPE")),
  LOADING(false, "Redis is loading its data", "Wait until it has finished.", says("LOADING")),
  FULL(
      false,
      "Redis is full: maxmemory is reached, and maxmemory-policy evicts nothing",
      "Raise maxmemory, or set maxmemory-policy volatile-ttl.",
      says("OOM command", "-OOM", "used memory > 'maxmemory'")),
  TOO_FEW_REPLICAS(
      false,
      "Redis rejects writes because too few replicas are connected",
      "Restart the replicas, or lower min-replicas-to-write.",
      says("NOREPLICAS")),
  CANNOT_SAVE(
      false,
      "Redis rejects writes because it cannot save its data",
      "Check the disk and the log of Redis.",
      says("MISCONF")),
  BUSY(
      false,
      "Redis executes another script that does not end",
      "Call SCRIPT KILL, and find its client.",
      says("BUSY Redis")),
  NO_MASTER(
      false,
      "the replica has lost its master",
      "Restart the master, or promote a replica.",
      says("MASTERDOWN")),
  CLUSTER_DOWN(
      false,
      "the cluster does not serve all slots",
      "Restart the missing masters, or promote their replicas.",
      says("CLUSTERDOWN", "Cannot determine a partition", "No reachable node in cluster")),
  TOO_MANY_CLIENTS(
      false,
      "Redis accepts no more connections",
      "Raise maxclients, or find the clients that hold connections.",
      says("max number of clients")),
  CONNECTION_LOST(false, "the connection was lost", "Check the log of Redis.", lost()),
  NO_SENTINEL(
      false,
      "no sentinel can be reached",
      "Check hosts and ports, and that the sentinels run.",
      says("All sentinels down", "Cannot connect Redis Sentinel")),
  SCRIPT_FAILED(
      true,
      "the server cannot execute the script, so it is too old or not compatible",
      "Use Redis 6.2 or later, or Valkey.",
      says("user_script", "Error running script", "Error compiling script")),
  REJECTED(
      false,
      "Redis rejects a command",
      "Check the log and the configuration of Redis.",
      t -> isNamed(t, "RedisCommandExecutionException") || isNamed(t, "JedisDataException"));

  private final boolean permanent;
  private final String problem;
  private final String remedy;

  @SuppressWarnings("ImmutableEnumChecker") // a pure function
  private final Predicate<Throwable> matcher;

  ServerProblem(boolean permanent, String problem, String remedy, Predicate<Throwable> matcher) {
    this.permanent = permanent;
    this.problem = problem;
    this.remedy = remedy;
    this.matcher = matcher;
  }

  /** The problem that a failure or one of its causes states, or null if it is unknown. */
  public static @Nullable ServerProblem of(Throwable thrown) {
    for (ServerProblem candidate : values()) {
      if (ErrorTranslator.hasCause(thrown, candidate.matcher)) {
        return candidate;
      }
    }
    return null;
  }

  /** Whether waiting does not help: the configuration is wrong, not the server's state. */
  public boolean isPermanent() {
    return permanent;
  }

  /**
   * Problem, value and remedy.
   *
   * @param reason the messages of client and server
   */
  public String describe(String reason) {
    return problem + " (" + reason + "). " + remedy;
  }

  private static Predicate<Throwable> says(String... parts) {
    return t -> {
      String message = t.getMessage();
      return message != null && Stream.of(parts).anyMatch(message::contains);
    };
  }

  /** The commands are quoted differently by each version. */
  private static Predicate<Throwable> unknownCommand(String command) {
    return t -> {
      String message = String.valueOf(t.getMessage()).toLowerCase(Locale.ROOT);
      return message.matches("(?s).*unknown command.{0,3}" + command + ".*");
    };
  }

  private static Predicate<Throwable> lost() {
    Predicate<Throwable> message =
        says(
            "Unexpected end of stream",
            "onnection closed",
            "onnection disconnected",
            "connection was lost",
            "Currently not connected");
    return t ->
        message.test(t) || (t instanceof IOException && !(t instanceof SocketTimeoutException));
  }

  private static boolean isNamed(Throwable thrown, String simpleName) {
    for (Class<?> type = thrown.getClass(); type != null; type = type.getSuperclass()) {
      if (type.getSimpleName().equals(simpleName)) {
        return true;
      }
    }
    return false;
  }
}
