package io.traffik.tck;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a JSON text by the letter of RFC 8259; whatever lenient readers would let pass is an error,
 * and so is a name that stands twice in one object.
 */
final class Json {

  /** Stands for {@code null}, which no map could tell from an absent member. */
  static final Object NULL =
      new Object() {
        @Override
        public String toString() {
          return "null";
        }
      };

  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");
  private static final Pattern HEX = Pattern.compile("[0-9a-fA-F]{4}");
  private static final int MAX_DEPTH = 100;

  private final String text;
  private int at;
  private int depth;

  private Json(String text) {
    this.text = text;
  }

  /**
   * Reads one value: a {@link Map}, {@link List}, {@link String}, {@link BigDecimal}, {@link
   * Boolean} or {@link #NULL}.
   *
   * @throws IllegalArgumentException if the text is not JSON, saying where and why
   */
  static Object parse(String text) {
    Json json = new Json(text);
    Object value = json.element();
    if (json.at < text.length()) {
      throw json.error("nothing must follow the value");
    }
    return value;
  }

  private Object element() {
    if (++depth > MAX_DEPTH) {
      throw error("values must not be nested deeper than " + MAX_DEPTH);
    }
    skipSpace();
    Object value = value();
    skipSpace();
    depth--;
    return value;
  }

  private Object value() {
    return switch (peek()) {
      case '{' -> object();
      case '[' -> array();
      case '"' -> string();
      case 't' -> literal("true", true);
      case 'f' -> literal("false", false);
      case 'n' -> literal("null", NULL);
      default -> new BigDecimal(take(NUMBER, "there must be a value"));
    };
  }

  private Map<String, Object> object() {
    Map<String, Object> members = new LinkedHashMap<>();
    at++;
    skipSpace();
    if (peek() == '}') {
      at++;
      return members;
    }
    do {
      skipSpace();
      String name = string();
      skipSpace();
      expect(':');
      if (members.put(name, element()) != null) {
        throw error("a name must not stand twice, \"" + name + "\"");
      }
    } while (isContinued('}'));
    return members;
  }

  private List<Object> array() {
    List<Object> elements = new ArrayList<>();
    at++;
    skipSpace();
    if (peek() == ']') {
      at++;
      return elements;
    }
    do {
      elements.add(element());
    } while (isContinued(']'));
    return elements;
  }

  private boolean isContinued(char end) {
    if (peek() == ',') {
      at++;
      return true;
    }
    expect(end);
    return false;
  }

  private String string() {
    expect('"');
    StringBuilder string = new StringBuilder();
    while (true) {
      char c = peek();
      if (c < ' ') {
        throw error("a string must have no control characters, and must end with \"");
      }
      at++;
      if (c == '"') {
        return string.toString();
      }
      string.append(c == '\\' ? escaped() : c);
    }
  }

  private char escaped() {
    char c = peek();
    at++;
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> (char) Integer.parseInt(take(HEX, "four hexadecimal digits must follow"), 16);
      default -> throw error("there is no such escape");
    };
  }

  private Object literal(String literal, Object value) {
    if (!text.startsWith(literal, at)) {
      throw error("there must be a value");
    }
    at += literal.length();
    return value;
  }

  private String take(Pattern pattern, String rule) {
    Matcher matcher = pattern.matcher(text).region(at, text.length());
    if (!matcher.lookingAt()) {
      throw error(rule);
    }
    at = matcher.end();
    return matcher.group();
  }

  private void skipSpace() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  /** The next character; at the end a control character, which stands nowhere in JSON. */
  private char peek() {
    return at < text.length() ? text.charAt(at) : 0;
  }

  private void expect(char c) {
    if (peek() != c) {
      throw error("there must be a " + c);
    }
    at++;
  }

  private IllegalArgumentException error(String rule) {
    return new IllegalArgumentException(rule + ", at character " + at + " of: " + text);
  }
}
