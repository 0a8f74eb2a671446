package io.traffik.redis;

import io.traffik.BackendException;
import io.traffik.ConfigurationException;
import io.traffik.redis.script.ErrorTranslator;
import io.traffik.redis.script.ScriptCall;
import io.traffik.redis.script.ScriptRunner;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Checks that a server can make decisions, and explains what is wrong otherwise. */
final class ServerCheck {

  private static final long MIN_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final Pattern VERSION = Pattern.compile("redis_version:((\\d+)\\.(\\d+)\\S*)");
  private static final int MIN_MAJOR = 6;
  private static final int MIN_MINOR = 2;
  private static final String CHECK_TLS =
      "Check that the server is Redis, and that it uses TLS if and only if the URI says rediss://.";

  private final String namespace;
  private final String keyPrefix;
  private final ScriptRunner runner;
  private final long timeoutNanos;

  ServerCheck(String namespace, String keyPrefix, ScriptRunner runner, long deadlineNanos) {
    this.namespace = namespace;
    this.keyPrefix = keyPrefix;
    this.runner = runner;
    this.timeoutNanos = Math.max(deadlineNanos, MIN_TIMEOUT_NANOS);
  }

  /**
   * Connects to the server and checks it.
   *
   * @throws ConfigurationException if the server cannot be used
   */
  void check() {
    try {
      checkInfo(runner.info(timeoutNanos));
      // A peek without rates reads one key, which no decision ever writes.
      runner.run(ScriptCall.byDigest("", keyPrefix, new String[] {"p"}).withSource(), timeoutNanos);
    } catch (Exception e) {
      throw explain(BackendException.unwrap(e));
    }
  }

  private void checkInfo(String info) {
    Matcher version = VERSION.matcher(info);
    if (!version.find()) {
      throw failure("INFO contains no redis_version. Check that the server is Redis.", null);
    }
    int major = Integer.parseInt(version.group(2));
    int minor = Integer.parseInt(version.group(3));
    if (major < MIN_MAJOR || (major == MIN_MAJOR && minor < MIN_MINOR)) {
      throw failure(
          "Redis "
              + version.group(1)
              + " is too old. Upgrade to "
              + MIN_MAJOR
              + "."
              + MIN_MINOR
              + " or later.",
          null);
    }
    if (info.contains("redis_mode:sentinel")) {
      throw failure(
          "the server is a sentinel. Use the URI redis-sentinel://host:port/0#master.", null);
    }
    if (info.contains("cluster_enabled:1") && !runner.isClustered()) {
      throw failure(
          "the server is a node of a cluster. Call .cluster(…), or pass a client for clusters.",
          null);
    }
    if (info.contains("role:slave") && !runner.isClustered()) {
      throw failure(
          "the server is a replica, which rejects writes. Use the URI of the master or of Sentinel.",
          null);
    }
  }

  private ConfigurationException explain(Throwable root) {
    if (root instanceof ConfigurationException known) {
      return known;
    }
    String reason = ErrorTranslator.messages(root);
    if (root instanceof InterruptedException) {
      Thread.currentThread().interrupt();
      return failure("interrupted while checking the server.", root);
    }
    if (ErrorTranslator.hasCause(
        root, t -> t instanceof UnknownHostException || t instanceof UnresolvedAddressException)) {
      return failure("unknown host: check the host name (" + reason + ").", root);
    }
    if (ErrorTranslator.hasCause(root, t -> t instanceof ConnectException)) {
      return failure("connection refused: check host and port (" + reason + ").", root);
    }
    if (ErrorTranslator.isServerError(root, "WRONGPASS")
        || ErrorTranslator.isServerError(root, "invalid password")) {
      return failure("wrong user name or password: check both (" + reason + ").", root);
    }
    if (ErrorTranslator.isServerError(root, "NOAUTH")) {
      return failure("password required: add it to the URI or client (" + reason + ").", root);
    }
    if (ErrorTranslator.isServerError(root, "NOPERM")) {
      return failure(
          "permission denied: "
              + reason
              + ". Allow the user +info +evalsha +eval +time +get +set +del +scan +unlink.",
          root);
    }
    if (ErrorTranslator.isTimeout(root)) {
      return failure(
          "no answer within " + TimeUnit.NANOSECONDS.toMillis(timeoutNanos) + " ms. " + CHECK_TLS,
          root);
    }
    return failure("not a valid Redis answer: " + reason + ". " + CHECK_TLS, root);
  }

  private ConfigurationException failure(String problem, @Nullable Throwable cause) {
    return new ConfigurationException("Backend \"" + namespace + "\": " + problem, cause);
  }
}
