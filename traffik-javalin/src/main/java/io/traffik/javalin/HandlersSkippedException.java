package io.traffik.javalin;

/**
 * Thrown after an event was denied and answered, so that Javalin skips the further handlers of the
 * event. The plugin maps it to nothing. It never reaches an application.
 */
final class HandlersSkippedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  HandlersSkippedException() {
    super("denied and answered", null, false, false);
  }
}
