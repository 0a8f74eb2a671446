package io.traffik.attack.server;

import java.util.List;
import java.util.stream.Stream;

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

  /** Returns the server with a name, in any case. */
  public static ServerKind named(String name) {
    return Stream.of(values())
        .filter(server -> server.label.equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "Unknown server: " + name + ". Choose from " + List.of(values())));
  }

  @Override
  public String toString() {
    return label;
  }
}
