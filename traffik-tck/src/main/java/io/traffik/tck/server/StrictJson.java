package io.traffik.tck.server;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads JSON as RFC 8259 defines it, and rejects duplicate names in an object. */
public final class StrictJson {

  /** The value {@code null}, which a map could not tell from an absent member. */
  public static final Object NULL =
      new Object() {
        @Override
        public String toString() {
          return "null";
        }
      };

  private StrictJson() {}

  /**
   * Reads one value: a {@link Map}, {@link List}, {@link String}, {@link BigDecimal}, {@link
   * Boolean} or {@link #NULL}.
   *
   * @throws IllegalArgumentException if the text is not one JSON value; the message says where
   */
  public static Object parse(String text) {
    JsonReader reader = new JsonReader(new StringReader(text));
    reader.setStrictness(Strictness.STRICT);
    try {
      Object value = value(reader);
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw new MalformedJsonException("Text after the value at path " + reader.getPath());
      }
      return value;
    } catch (IOException e) {
      throw new IllegalArgumentException("Invalid JSON: " + e.getMessage() + ": " + text, e);
    }
  }

  private static Object value(JsonReader reader) throws IOException {
    return switch (reader.peek()) {
      case BEGIN_OBJECT -> object(reader);
      case BEGIN_ARRAY -> array(reader);
      case STRING -> reader.nextString();
      case NUMBER -> new BigDecimal(reader.nextString());
      case BOOLEAN -> reader.nextBoolean();
      default -> {
        reader.nextNull();
        yield NULL;
      }
    };
  }

  private static Map<String, Object> object(JsonReader reader) throws IOException {
    Map<String, Object> members = new LinkedHashMap<>();
    reader.beginObject();
    while (reader.hasNext()) {
      String name = reader.nextName();
      if (members.put(name, value(reader)) != null) {
        throw new MalformedJsonException("Duplicate name at path " + reader.getPath());
      }
    }
    reader.endObject();
    return members;
  }

  private static List<Object> array(JsonReader reader) throws IOException {
    List<Object> elements = new ArrayList<>();
    reader.beginArray();
    while (reader.hasNext()) {
      elements.add(value(reader));
    }
    reader.endArray();
    return elements;
  }
}
