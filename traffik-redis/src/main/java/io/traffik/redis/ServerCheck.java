package io.traffik.redis;

import io.traffik.BackendException;
import io.traffik.ConfigurationException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Looks whether a server can be used, and says what is wrong with one that cannot. */
final class ServerCheck {

  private static final long SHORTEST_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final Pattern VERSION = Pattern.compile("redis_version:((\\d+)\\.(\\d+)\\S*)");
  private static final int OLDEST_MAJOR = 6;
  private static final int OLDEST_MINOR = 2;

  private final String namespace;
  private final String keyPrefix;
  private final ScriptRunner runner;
  private final long limitNanos;

  ServerCheck(String namespace, String keyPrefix, ScriptRunner runner, long deadlineNanos) {
    this.namespace = namespace;
    this.keyPrefix = keyPrefix;
    this.runner = runner;
    this.limitNanos = Math.max(deadlineNanos, SHORTEST_NANOS);
  }

  /**
   * Connects and looks.
   *
   * @throws ConfigurationException if the server cannot be used
   */
  void check() {
    try {
      checkFacts(runner.info(limitNanos));
      // On no rate at all: it reads the key that nothing is ever written to, and nothing more.
      runner.run(ScriptCall.byDigest(keyPrefix, new String[] {"p"}).sentInFull(), limitNanos);
    } catch (Exception e) {
      throw explained(BackendException.unwrap(e));
    }
  }

  private void checkFacts(String info) {
    Matcher version = VERSION.matcher(info);
    if (!version.find()) {
      throw wrong("must be a Redis, but INFO does not name a redis_version", null);
    }
    int major = Integer.parseInt(version.group(2));
    int minor = Integer.parseInt(version.group(3));
    if (major < OLDEST_MAJOR || (major == OLDEST_MAJOR && minor < OLDEST_MINOR)) {
      throw wrong(
          "must be Redis " + OLDEST_MAJOR + "." + OLDEST_MINOR + " or later: " + version.group(1),
          null);
    }
    if (info.contains("redis_mode:sentinel")) {
      throw wrong(
          "must keep data, but this is a sentinel; give its address as"
              + " redis-sentinel://host:port/0#master",
          null);
    }
    if (info.contains("cluster_enabled:1") && !runner.isClustered()) {
      throw wrong(
          "must be a server alone, but this is one of a cluster; give its address by .cluster(…),"
              + " or a client for clusters",
          null);
    }
    if (info.contains("role:slave") && !runner.isClustered()) {
      throw wrong(
          "must be a master, but this is a replica, which only its master writes to; give the"
              + " master's address, or Sentinel's",
          null);
    }
  }

  private ConfigurationException explained(Throwable root) {
    if (root instanceof ConfigurationException known) {
      return known;
    }
    if (root instanceof InterruptedException) {
      Thread.currentThread().interrupt();
      return wrong("must be looked at before use, and that was interrupted", root);
    }
    if (ErrorTranslator.involves(
        root, t -> t instanceof UnknownHostException || t instanceof UnresolvedAddressException)) {
      return wrong("must have a host that can be found: " + ErrorTranslator.text(root), root);
    }
    if (ErrorTranslator.involves(root, t -> t instanceof ConnectException)) {
      return wrong(
          "must listen where it is said to, but nobody does: " + ErrorTranslator.text(root), root);
    }
    if (ErrorTranslator.answers(root, "WRONGPASS")
        || ErrorTranslator.answers(root, "invalid password")) {
      return wrong(
          "must be given the right user and password: " + ErrorTranslator.text(root), root);
    }
    if (ErrorTranslator.answers(root, "NOAUTH")) {
      return wrong("wants a password, and was given none: " + ErrorTranslator.text(root), root);
    }
    if (ErrorTranslator.answers(root, "NOPERM")) {
      return wrong(
          "must allow its user +info +evalsha +eval +time +get +set +del +scan +unlink: "
              + ErrorTranslator.text(root),
          root);
    }
    if (ErrorTranslator.isLate(root)) {
      return wrong(
          "must answer within "
              + TimeUnit.NANOSECONDS.toMillis(limitNanos)
              + " ms, and did not; is it a Redis, and does it use TLS exactly if the URI says so?",
          root);
    }
    return wrong(
        "must talk as Redis does, over TLS exactly if the URI says so: "
            + ErrorTranslator.text(root),
        root);
  }

  private ConfigurationException wrong(String what, @Nullable Throwable cause) {
    return new ConfigurationException("the Redis of backend \"" + namespace + "\" " + what, cause);
  }
}
