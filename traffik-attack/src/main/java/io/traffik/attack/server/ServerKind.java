package io.traffik.attack.server;

/** The server under attack. */
public enum ServerKind {
  /** Requests and WebSockets on Javalin. */
  JAVALIN("Javalin"),
  /** WebSockets on Java-WebSocket, and requests on Javalin over the same backend. */
  JAVA_WEBSOCKET("Java-WebSocket"),
  /** Requests through the servlet filter on Jetty; no WebSockets. */
  SERVLET("Servlet");

  private final String label;

  ServerKind(String label) {
    this.label = label;
  }

  @Override
  public String toString() {
    return label;
  }
}
