package io.traffik.redis;

import io.traffik.BackendException;
import io.traffik.TraffikException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a client failed with, in words that say what to do about it, whichever client it was. */
final class ErrorTranslator {

  private static final Pattern PASSWORD = Pattern.compile("//.*@");

  private final String namespace;
  private final Duration deadline;
  private final String lateMessage;

  ErrorTranslator(String namespace, Duration deadline) {
    this.namespace = namespace;
    this.deadline = deadline;
    this.lateMessage =
        stated(
            "must have Redis' answer within "
                + deadline.toMillis()
                + " ms, and it did not come; the hit may have been charged. If this lasts, see what"
                + " holds up the server, or give the backend a longer .deadline(…)");
  }

  /** Whether the server does not know the script's digest. */
  static boolean isUnknownScript(Throwable thrown) {
    return answers(thrown, "NOSCRIPT");
  }

  /** Whether the server answered with an error of this kind. */
  static boolean answers(Throwable thrown, String kind) {
    return involves(thrown, t -> t.getMessage() != null && t.getMessage().contains(kind));
  }

  static boolean isLate(Throwable thrown) {
    return involves(
        thrown,
        t ->
            t instanceof TimeoutException
                || t instanceof SocketTimeoutException
                || t.getClass().getSimpleName().equals("RedisCommandTimeoutException"));
  }

  /** Whether an exception, or what it came from or along with, is such a one. */
  static boolean involves(Throwable thrown, Predicate<Throwable> kind) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (kind.test(t)) {
        return true;
      }
      for (Throwable suppressed : t.getSuppressed()) {
        if (involves(suppressed, kind)) {
          return true;
        }
      }
    }
    return false;
  }

  /** The failure of a decision on a key. Of an interruption the thread stays marked. */
  BackendException failure(String key, Throwable thrown) {
    Throwable root = BackendException.unwrap(thrown);
    if (root instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    return root instanceof BackendException known
        ? known
        : new BackendException(message(key, root), root);
  }

  /** The same for a decision that nobody's thread waited for. */
  BackendException untracedFailure(String key, Throwable thrown) {
    Throwable root = BackendException.unwrap(thrown);
    return root instanceof BackendException known ? known : new Untraced(message(key, root), root);
  }

  /** The failure of a decision that nobody's thread waited for, at its deadline. */
  BackendException late() {
    return new Untraced(lateMessage, new Deadlines.Late());
  }

  /**
   * Without a stack trace: that of a timer's or a client's thread says nothing, and thousands may
   * be made at once. What it came from has its own.
   */
  private static final class Untraced extends BackendException {

    private static final long serialVersionUID = 1L;

    Untraced(String message, @Nullable Throwable cause) {
      super(message, cause);
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized")
    public Throwable fillInStackTrace() {
      return this;
    }
  }

  private String message(String key, Throwable root) {
    if (root instanceof InterruptedException) {
      return stated("was interrupted while it waited; the hit may have been charged");
    }
    if (root instanceof RejectedExecutionException) {
      return stated("could not ask Redis, and was charged nothing: " + text(root));
    }
    if (isLate(root)) {
      return lateMessage;
    }
    if (answers(root, "WRONGTYPE")) {
      return stated(
          "must find its own value under key \""
              + key
              + "\", but that holds one of another type; remove it, or give the backend a namespace"
              + " of its own");
    }
    if (answers(root, "NOPERM")) {
      return stated(
          "must be allowed +evalsha +eval +time +get +set +del on its keys, and is not: "
              + text(root));
    }
    return stated(
        "could not ask Redis; a hit that had been sent may have been charged: " + text(root));
  }

  private String stated(String what) {
    return "backend \"" + namespace + "\" " + what;
  }

  /** The failure of anything else than a decision. */
  RuntimeException failureTo(String doing, Throwable thrown) {
    Throwable root = BackendException.unwrap(thrown);
    if (root instanceof TraffikException known) {
      return known;
    }
    if (root instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    String why =
        isLate(root) ? "Redis did not answer within " + deadline.toMillis() + " ms" : text(root);
    return new BackendException(stated("failed to " + doing + ": " + why), root);
  }

  /** A URI as it may be shown. */
  static String withoutPassword(String uri) {
    return PASSWORD.matcher(uri).replaceAll("//***@");
  }

  /** The messages of an exception and of what caused it, each once. */
  static String text(Throwable thrown) {
    StringBuilder text = new StringBuilder();
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      String message = t.getMessage() == null ? t.getClass().getSimpleName() : t.getMessage();
      if (text.indexOf(message) < 0) {
        text.append(text.isEmpty() ? "" : "; ").append(message);
      }
    }
    return text.toString();
  }
}
