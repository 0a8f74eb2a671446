package io.traffik.redis;

import io.traffik.ConfigurationException;
import io.traffik.TraffikException;
import io.traffik.redis.script.ErrorTranslator;
import io.traffik.redis.script.ScriptCall;
import io.traffik.redis.script.ScriptRunner;
import io.traffik.redis.script.ServerProblem;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks that a server can make decisions, and explains what is wrong otherwise. */
final class ServerCheck {

  private static final long MIN_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final Pattern VERSION = Pattern.compile("redis_version:((\\d+)\\.(\\d+)\\S*)");
  private static final int MIN_MAJOR = 6;
  private static final int MIN_MINOR = 2;

  /**
   * A hit with a capacity of 1,000 tokens, of which each refills in one second, and the refund of
   * the capacity. Other servers may open at the same time; the hit must be granted and written.
   */
  private static final String[] HIT = {"h", "1000000000", "0", "1000000", "0", "1000000000"};

  private static final String[] REFUND = {"r", "1000000000", "0", "1000000000", "0", "1000000000"};

  /** Enough that a node of a cluster very probably lacks one of them. */
  private static final int KEYS_WITHOUT_INFO = 8;

  private final String namespace;
  private final String keyPrefix;
  private final ScriptRunner runner;
  private final ErrorTranslator errors;
  private final long timeoutNanos;

  ServerCheck(
      String namespace,
      String keyPrefix,
      ScriptRunner runner,
      ErrorTranslator errors,
      long deadlineNanos) {
    this.namespace = namespace;
    this.keyPrefix = keyPrefix;
    this.runner = runner;
    this.errors = errors;
    this.timeoutNanos = Math.max(deadlineNanos, MIN_TIMEOUT_NANOS);
  }

  /**
   * Connects to the server and checks it, also with a write: a full server answers reads.
   *
   * @throws ConfigurationException if waiting would not help
   * @throws io.traffik.BackendException if the server is out of reach or out of order
   */
  void check() {
    String info = step(this::infoIfPermitted);
    checkInfo(info);
    checkDecision(keyPrefix);
    for (int i = 0; info.isEmpty() && i < KEYS_WITHOUT_INFO; i++) {
      checkDecision(keyPrefix + i);
    }
  }

  /**
   * The server's description of itself; empty if the server refuses it, as managed services and
   * proxies do. The decisions that follow then find every problem.
   */
  private String infoIfPermitted() throws Exception {
    try {
      return runner.info(timeoutNanos);
    } catch (Exception e) {
      ServerProblem problem = ServerProblem.of(e);
      if (problem == ServerProblem.PERMISSION_DENIED || problem == ServerProblem.REJECTED) {
        return "";
      }
      throw e;
    }
  }

  /**
   * Sends the source and then the digest, so that both are permitted.
   *
   * @param key the prefix alone, or with a digit: no decision uses such a key
   */
  private void checkDecision(String key) {
    step(() -> runner.run(ScriptCall.byDigest("", key, HIT).withSource(), timeoutNanos));
    step(() -> refund(ScriptCall.byDigest("", key, REFUND)));
  }

  private Object refund(ScriptCall call) throws Exception {
    try {
      return runner.run(call, timeoutNanos);
    } catch (Exception e) {
      if (!ErrorTranslator.isUnknownScript(e)) {
        throw e;
      }
      return runner.run(call.withSource(), timeoutNanos);
    }
  }

  private <T> T step(Callable<T> step) throws TraffikException {
    long start = System.nanoTime();
    try {
      return step.call();
    } catch (Exception e) {
      throw errors.translateOpen(e, System.nanoTime() - start);
    }
  }

  private void checkInfo(String info) {
    Matcher version = VERSION.matcher(info);
    if (!version.find()) {
      // A server of another make, or INFO was refused: the decisions find every problem.
      return;
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
              + " or later.");
    }
    if (info.contains("redis_mode:sentinel")) {
      throw failure("the server is a sentinel. Use the URI redis-sentinel://host:port/0#master.");
    }
    if (info.contains("cluster_enabled:1") && !runner.isClustered()) {
      throw failure(
          "the server is a node of a cluster. Call .cluster(…), or pass a client for clusters.");
    }
    if (info.contains("role:slave") && !runner.isClustered()) {
      throw failure(
          "the server is a replica, which rejects writes. Use the URI of the master or of Sentinel.");
    }
  }

  private ConfigurationException failure(String problem) {
    return new ConfigurationException("Backend \"" + namespace + "\": " + problem);
  }
}
