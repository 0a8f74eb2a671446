package io.traffik.tck.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The kit reads JSON as Jackson does, and rejects the same texts. */
final class StrictJsonTest {

  private static final MutatedTexts TEXTS =
      new MutatedTexts(
          "{}[]\",:\\/ubfnrtaseltrue019.-+eE \t\n\u0001\u00e4",
          List.of(
              "{\"type\":\"x\",\"status\":429,\"violated-policies\":[\"a\",\"b\"]}",
              "[1,-2.5,1e3,0.0E-1,true,false,null,{},[],\"\"]",
              " { \"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4\" : [ [ 0 ] ] } ",
              "\"text\"",
              "-0"));

  private static final ObjectMapper JACKSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private static Optional<Object> parsed(String text) {
    try {
      return Optional.of(StrictJson.parse(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<Object> parsedByJackson(String text) {
    try {
      JsonNode tree = JACKSON.readTree(text);
      return tree.isMissingNode() ? Optional.empty() : Optional.of(plain(tree));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  private static Object plain(JsonNode node) {
    if (node.isObject()) {
      Map<String, Object> members = new LinkedHashMap<>();
      node.properties().forEach(member -> members.put(member.getKey(), plain(member.getValue())));
      return members;
    }
    if (node.isArray()) {
      List<Object> elements = new ArrayList<>();
      node.forEach(element -> elements.add(plain(element)));
      return elements;
    }
    if (node.isNumber()) {
      return node.decimalValue().stripTrailingZeros();
    }
    if (node.isBoolean()) {
      return node.booleanValue();
    }
    return node.isNull() ? StrictJson.NULL : node.textValue();
  }

  /** Removes trailing zeros, so that numbers compare by value. */
  private static Object stripped(Object value) {
    if (value instanceof Map<?, ?> members) {
      Map<Object, Object> stripped = new LinkedHashMap<>();
      members.forEach((name, member) -> stripped.put(name, stripped(member)));
      return stripped;
    }
    if (value instanceof List<?> elements) {
      return elements.stream().map(StrictJsonTest::stripped).toList();
    }
    return value instanceof BigDecimal number ? number.stripTrailingZeros() : value;
  }

  @Test
  void h1_textsAreReadAsJacksonReadsThem() {
    assertThat(TEXTS.texts().filter(text -> !agrees(text))).isEmpty();
    assertThat(TEXTS.texts().map(text -> parsed(text).isPresent())).contains(true, false);
  }

  private static boolean agrees(String text) {
    return parsed(text).map(StrictJsonTest::stripped).equals(parsedByJackson(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "{\"a\":1,}",
        "{'a':1}",
        "[1 2]",
        "01",
        "\"a\nb\"",
        "\"\\x\"",
        "{}x",
        "{\"a\":1,\"a\":null}",
        "nul",
        "NaN"
      })
  void h1_invalidJsonIsAnErrorWithItsPlace(String text) {
    assertThatThrownBy(() -> StrictJson.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Invalid JSON: ")
        .hasMessageContaining(" path $")
        .hasMessageEndingWith(": " + text);
  }

  @Test
  void h1_theNestingIsLimited() {
    assertThatThrownBy(() -> StrictJson.parse("[".repeat(100_000)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Nesting limit");
  }
}
