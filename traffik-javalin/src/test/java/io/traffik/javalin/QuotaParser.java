package io.traffik.javalin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import org.greenbytes.http.sfv.ListElement;
import org.greenbytes.http.sfv.Parser;
import org.greenbytes.http.sfv.StringItem;

/** Parses the quota header fields and the problem document of responses by third-party parsers. */
final class QuotaParser {

  private static final ObjectMapper JSON = new ObjectMapper();

  private QuotaParser() {}

  /** The parameters of each quota in {@code RateLimit} or {@code RateLimit-Policy}, by name. */
  static Map<String, Map<String, Long>> quotas(HttpResponse<?> response, String field) {
    Map<String, Map<String, Long>> quotas = new LinkedHashMap<>();
    for (ListElement<?> member :
        new Parser(response.headers().allValues(field)).parseList().get()) {
      Map<String, Long> parameters = new LinkedHashMap<>();
      member.getParams().forEach((name, value) -> parameters.put(name, (Long) value.get()));
      quotas.put(((StringItem) member).get(), parameters);
    }
    return quotas;
  }

  /** The remaining tokens of a quota. */
  static long remaining(HttpResponse<?> response, String name) {
    return quotas(response, "RateLimit").get(name).get("r");
  }

  static JsonNode problem(HttpResponse<String> response) throws JsonProcessingException {
    return JSON.readTree(response.body());
  }
}
