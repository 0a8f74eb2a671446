package io.traffik.javalin;

import io.traffik.http.HttpDenial;
import jakarta.servlet.http.HttpServletResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a handler had written and set before it met a denial. */
final class BegunAnswer {

  private BegunAnswer() {}

  /** Drops it, but for fields such as those of CORS that still hold. */
  static void drop(HttpServletResponse response) {
    Map<String, List<String>> kept = new LinkedHashMap<>();
    for (String name : response.getHeaderNames()) {
      if (!HttpDenial.replaces(name)) {
        kept.put(name, List.copyOf(response.getHeaders(name)));
      }
    }
    response.reset();
    kept.forEach((name, values) -> restore(response, name, values));
  }

  /** In place of what the reset brought back by itself: Jetty's Date, say. */
  private static void restore(HttpServletResponse response, String name, List<String> values) {
    response.setHeader(name, values.get(0));
    values.stream().skip(1).forEach(value -> response.addHeader(name, value));
  }
}
