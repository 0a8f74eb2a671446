package io.traffik.redis.script;

import static java.util.stream.Collectors.joining;

import io.traffik.BackendException;
import io.traffik.ConfigurationException;
import io.traffik.OverloadException;
import io.traffik.TraffikException;
import io.traffik.redis.async.AdmissionControl.CallRejectedException;
import io.traffik.redis.async.AdmissionControl.ServerStalledException;
import io.traffik.redis.async.Deadlines.DeadlineExceededException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Translates the failures of any Redis client into exceptions that state the problem and a remedy.
 */
public final class ErrorTranslator {

  private static final Pattern PASSWORD = Pattern.compile("//.*@");

  private final String namespace;
  private final Duration deadline;
  private final String timeoutMessage;

  public ErrorTranslator(String namespace, Duration deadline) {
    this.namespace = namespace;
    this.deadline = deadline;
    this.timeoutMessage =
        describe(
            "no answer from Redis within "
                + deadline.toMillis()
                + " ms (the deadline); the hit may have been charged. Check what delays the"
                + " server, or raise .deadline(…).");
  }

  /** Whether the server does not cache the script. */
  static boolean isUnknownScript(Throwable thrown) {
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

  /**
   * Translates the failure of a blocking decision. Restores the thread's interrupt flag if the
   * thread was interrupted.
   */
  TraffikException translate(ScriptCall call, Throwable thrown) {
    Throwable root = BackendException.unwrap(thrown);
    if (root instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    TraffikException known = known(root);
    return known != null ? known : new BackendException(message(call, root), root);
  }

  /** Translates the failure of an asynchronous decision. */
  TraffikException translateAsync(ScriptCall call, Throwable thrown) {
    Throwable root = BackendException.unwrap(thrown);
    TraffikException known = known(root);
    return known != null ? known : new AsyncBackendException(message(call, root), root);
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

  private String message(ScriptCall call, Throwable root) {
    if (root instanceof InterruptedException) {
      return describe("interrupted while waiting for Redis; the hit may have been charged.");
    }
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
    if (isServerError(root, "NOPERM")) {
      return describe(
          "permission denied: "
              + messages(root)
              + ". Allow the user +evalsha +eval +time +get +set +del on the namespace's keys.");
    }
    return describe(
        "Redis call failed; a hit that was already sent may have been charged: " + messages(root));
  }

  private String describe(String problem) {
    return "Backend \"" + namespace + "\": " + problem;
  }

  /**
   * Translates the failure of an operation that is not a decision.
   *
   * @param operation a verb, such as {@code reset}
   */
  public RuntimeException translateOperation(String operation, Throwable thrown) {
    Throwable root = BackendException.unwrap(thrown);
    if (root instanceof TraffikException known) {
      return known;
    }
    if (root instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    String problem =
        isTimeout(root)
            ? "no answer from Redis within " + deadline.toMillis() + " ms (the deadline)"
            : messages(root);
    return new BackendException(
        "Backend \"" + namespace + "\" failed to " + operation + ": " + problem, root);
  }

  /** The failure to parse a URI, without its password. */
  public static ConfigurationException invalidUri(String uri, RuntimeException thrown) {
    return new ConfigurationException(
        "Invalid Redis URI: "
            + maskPassword(uri)
            + " ("
            + maskPassword(String.valueOf(thrown.getMessage()))
            + "). Use redis://host:port, rediss://host:port or"
            + " redis-sentinel://host1:port,host2:port/0#master.",
        // The message of the cause may contain the password.
        null);
  }

  private static String maskPassword(String uri) {
    return PASSWORD.matcher(uri).replaceAll("//***@");
  }

  /** The distinct messages of an exception and its causes. */
  public static String messages(Throwable thrown) {
    StringBuilder messages = new StringBuilder();
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      String message = t.getMessage() == null ? t.getClass().getSimpleName() : t.getMessage();
      if (messages.indexOf(message) < 0) {
        messages.append(messages.isEmpty() ? "" : "; ").append(message);
      }
    }
    return messages.toString();
  }
}
