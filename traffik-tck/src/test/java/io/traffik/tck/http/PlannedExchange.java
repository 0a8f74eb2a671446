package io.traffik.tck.http;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** An exchange of the JDK's HTTP server, with its planned route. */
record PlannedExchange(ServerPlan plan, PlannedRoute route, HttpExchange http) {

  String header(String name) {
    return http.getRequestHeaders().getFirst(name);
  }

  void set(Map<String, String> fields) {
    fields.forEach(http.getResponseHeaders()::set);
  }

  void respond(int status, Map<String, String> fields, String body) throws IOException {
    set(fields);
    byte[] content = body.getBytes(StandardCharsets.UTF_8);
    boolean empty = http.getRequestMethod().equals("HEAD");
    http.sendResponseHeaders(status, empty ? -1 : content.length);
    if (!empty) {
      http.getResponseBody().write(content);
    }
    http.close();
  }
}
