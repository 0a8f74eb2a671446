package io.traffik.redis.script;

import static java.util.stream.Collectors.joining;

import io.traffik.BackendException;
import io.traffik.ConfigurationException;
import io.traffik.OverloadException;
import io.traffik.TraffikException;
import io.traffik.redis.address.Redaction;
import io.traffik.redis.async.AdmissionControl.CallRejectedException;
import io.traffik.redis.async.AdmissionControl.ServerStalledException;
import io.traffik.redis.async.Deadlines.DeadlineExceededException;
import io.traffik.redis.async.NotConnectedException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Translates the failures of any Redis client into exceptions that state the problem and a remedy.
 */
public final class ErrorTranslator {

  private static final String CHECK_TLS =
      "Check that the server is Redis, and that it uses TLS if and only if the URI says rediss://.";

  /** Redis quotes the arguments of an unknown command, such as the whole script. */
  private static final Pattern ARGUMENTS =
      Pattern.compile(", with args beginning with:.*", Pattern.DOTALL);

  private final String namespace;
  private final String keyPrefix;
  private final Redaction redaction;
  private final String timeoutMessage;

  /**
   * @param keyPrefix the beginning of all keys
   * @param redaction removes user information from the messages of client and server
   */
  public ErrorTranslator(
      String namespace, String keyPrefix, Duration deadline, Redaction redaction) {
    this.namespace = namespace;
    this.keyPrefix = keyPrefix;
    this.redaction = redaction;
    this.timeoutMessage =
        describe(
            "no answer from Redis within "
                + deadline.toMillis()
                + " ms (the deadline); the hit may have been charged. Check what delays the"
                + " server, or raise .deadline(…).");
  }

  /** Whether the server does not cache the script. */
  public static boolean isUnknownScript(Throwable thrown) {
    return isServerError(thrown, "NOSCRIPT");
  }

  /**
   * Whether the server answered with a certain error.
   *
   * @param code the error code, such as {@code READONLY}, or another part of the message
   */
  public static boolean isServerError(Throwable thrown, String code) {
    return hasCause(thrown, t -> t.getMessage() != null && t.getMessage().contains(code));
  }

  /** Whether a call failed because the server did not answer in time. */
  public static boolean isTimeout(Throwable thrown) {
    return hasCause(
        thrown,
        t ->
            t instanceof TimeoutException
                || t instanceof SocketTimeoutException
                || t.getClass().getSimpleName().equals("ConnectTimeoutException")
                || t.getClass().getSimpleName().equals("RedisCommandTimeoutException"));
  }

  /** Whether an exception, one of its causes or a suppressed exception matches. */
  public static boolean hasCause(Throwable thrown, Predicate<Throwable> matcher) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (matcher.test(t)) {
        return true;
      }
      for (Throwable suppressed : t.getSuppressed()) {
        if (hasCause(suppressed, matcher)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Translates the failure of a blocking decision. */
  TraffikException translate(ScriptCall call, Throwable thrown) {
    Throwable root = BackendException.unwrap(thrown);
    TraffikException known = known(root);
    return known != null ? known : new BackendException(message(call, root), redaction.apply(root));
  }

  /** Translates the failure of an asynchronous decision. */
  TraffikException translateAsync(ScriptCall call, Throwable thrown) {
    Throwable root = BackendException.unwrap(thrown);
    TraffikException known = known(root);
    return known != null
        ? known
        : new AsyncBackendException(message(call, root), redaction.apply(root));
  }

  /** The failures whose exceptions have no stack trace of their own, in any mode. */
  private @Nullable TraffikException known(Throwable root) {
    if (root instanceof CallRejectedException) {
      return new OverloadException(describe("overload. " + root.getMessage()));
    }
    if (root instanceof DeadlineExceededException) {
      return timeout();
    }
    if (root instanceof ServerStalledException) {
      return new AsyncBackendException(describe(messages(root)), root);
    }
    if (root instanceof NotConnectedException) {
      return new AsyncBackendException(notConnected(root), redaction.apply(root));
    }
    return root instanceof BackendException || root instanceof OverloadException
        ? (TraffikException) root
        : null;
  }

  /** The failure of an asynchronous decision at its deadline. */
  private BackendException timeout() {
    return new AsyncBackendException(timeoutMessage, new DeadlineExceededException());
  }

  /**
   * A failure without a stack trace: thousands may be made at once, and the stack of a client's
   * thread does not help. The cause has its own stack trace.
   */
  private static final class AsyncBackendException extends BackendException {

    private static final long serialVersionUID = 1L;

    AsyncBackendException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized")
    public Throwable fillInStackTrace() {
      return this;
    }
  }

  /** The failure of a call without a connection, which waited at most for a first attempt. */
  private String notConnected(Throwable root) {
    ServerProblem problem = ServerProblem.of(root);
    Throwable cause = root.getCause() == null ? root : root.getCause();
    String reason = redacted(cause);
    return describe(
        (problem != null
                ? whileConnecting(problem, cause)
                : isTimeout(root)
                    ? "no connection to Redis in time. Check host and port, and what delays the server."
                    : "no connection to Redis (" + reason + "). Check host and port.")
            + " Nothing was charged.");
  }

  private String message(ScriptCall call, Throwable root) {
    if (isTimeout(root)) {
      return timeoutMessage;
    }
    if (isServerError(root, "WRONGTYPE")) {
      return describe(
          (call.keys().size() == 1 ? "key " : "one of the keys ")
              + call.keys().stream().map(key -> "\"" + key + "\"").collect(joining(", "))
              + " holds a value of another type. Remove the key, or give the backend a"
              + " namespace of its own.");
    }
    ServerProblem problem = ServerProblem.of(root);
    return describe(
        problem == null
            ? "Redis call failed; a hit that was already sent may have been charged: "
                + redacted(root)
            : describe(problem, root)
                + (problem == ServerProblem.CONNECTION_LOST
                    ? " The hit may have been charged."
                    : ""));
  }

  /** A proxy without a server, or a server with TLS, closes a connection before any answer. */
  private String whileConnecting(ServerProblem problem, Throwable root) {
    return problem == ServerProblem.CONNECTION_LOST
        ? "the connection was closed before an answer ("
            + redacted(root)
            + "). If the server uses TLS, write rediss:// in the URI. If there is a proxy, check that"
            + " it reaches Redis. Otherwise check the log of Redis."
        : describe(problem, root);
  }

  private String describe(ServerProblem problem, Throwable root) {
    String reason = redacted(root);
    return problem == ServerProblem.PERMISSION_DENIED
        ? "permission denied (" + reason + "). " + MissingPermission.remedy(reason, keyPrefix)
        : problem.describe(reason);
  }

  /** The messages of a failure and its causes on one line, without user information. */
  private String redacted(Throwable root) {
    String text = redaction.apply(messages(root));
    return ARGUMENTS.matcher(text).replaceAll("").replaceAll("\\s+", " ").strip();
  }

  private String describe(String problem) {
    return "Backend \"" + namespace + "\": " + problem;
  }

  /**
   * Translates the failure of an operation that is not a decision.
   *
   * @param operation a verb, such as {@code reset}
   * @param waitedNanos how long the operation has taken
   */
  public RuntimeException translateOperation(String operation, Throwable thrown, long waitedNanos) {
    Throwable root = BackendException.unwrap(thrown);
    if (root instanceof TraffikException known) {
      return known;
    }
    if (root instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    return new BackendException(
        describe(operation + " failed: " + operationProblem(root, waitedNanos)),
        redaction.apply(root));
  }

  private String operationProblem(Throwable root, long waitedNanos) {
    if (isTimeout(root)) {
      return "no answer from Redis; it took "
          + TimeUnit.NANOSECONDS.toMillis(waitedNanos)
          + " ms. Check what delays the server, or raise .deadline(…).";
    }
    ServerProblem problem = ServerProblem.of(root);
    return problem == null ? redacted(root) : describe(problem, root);
  }

  /**
   * Translates a failure of {@code open}. What waiting does not solve is a {@link
   * ConfigurationException}; a store that is out of reach or out of order is a {@link
   * BackendException}.
   *
   * @param waitedNanos how long the step that failed has waited
   */
  public TraffikException translateOpen(Throwable thrown, long waitedNanos) {
    Throwable root = BackendException.unwrap(thrown);
    if (root instanceof TraffikException known) {
      return known;
    }
    if (root instanceof InterruptedException) {
      Thread.currentThread().interrupt();
      return new BackendException(describe("interrupted while checking the server."), root);
    }
    if (root instanceof NotConnectedException && root.getCause() != null) {
      root = root.getCause();
    }
    Throwable cause = redaction.apply(root);
    ServerProblem problem = ServerProblem.of(root);
    if (problem != null) {
      String message = describe(whileConnecting(problem, root));
      return problem.isPermanent()
          ? new ConfigurationException(message, cause)
          : new BackendException(message, cause);
    }
    if (isTimeout(root)) {
      return new BackendException(
          describe(
              "no answer "
                  + waited(root, waitedNanos)
                  + ". Check what delays the server. "
                  + CHECK_TLS),
          cause);
    }
    return new ConfigurationException(
        describe("not a valid Redis answer (" + redacted(root) + "). " + CHECK_TLS), cause);
  }

  /** An attempt to connect may have begun before, so its client knows how long it has waited. */
  private String waited(Throwable root, long waitedNanos) {
    return root instanceof TimeoutException
        ? "within " + TimeUnit.NANOSECONDS.toMillis(waitedNanos) + " ms"
        : "in time (" + redacted(root) + ")";
  }

  /** The distinct messages of an exception, its causes and their suppressed exceptions. */
  public static String messages(Throwable thrown) {
    StringBuilder messages = new StringBuilder();
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      add(messages, t);
      for (Throwable suppressed : t.getSuppressed()) {
        add(messages, suppressed);
      }
    }
    return messages.toString();
  }

  private static void add(StringBuilder messages, Throwable thrown) {
    String message =
        thrown.getMessage() == null ? thrown.getClass().getSimpleName() : thrown.getMessage();
    if (messages.indexOf(message) < 0) {
      messages.append(messages.isEmpty() ? "" : "; ").append(message);
    }
  }
}
