package io.traffik.tck.server;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Parses {@code RateLimit-Policy} and {@code RateLimit}: lists by RFC 9651 (section 4.2.1) of
 * strings with integer parameters. Other lists are errors, because Traffik sends no others.
 *
 * <p>Existing libraries for RFC 9651 are not Java modules, so this kit cannot depend on them.
 */
final class QuotaList {

  /** A member of the list: {@code "api";r=0;t=30}. */
  record Member(String name, Map<String, Long> parameters) {

    Member requireOnly(String... keys) {
      if (!parameters.keySet().equals(Set.of(keys))) {
        throw new IllegalArgumentException(
            "a policy must have exactly the parameters " + List.of(keys) + ": " + this);
      }
      return this;
    }

    long value(String key) {
      return Objects.requireNonNull(parameters.get(key), key);
    }
  }

  private static final int MAX_DIGITS = 15;

  private final String text;
  private int at;

  private QuotaList(String text) {
    this.text = text;
  }

  /**
   * Parses the lines of one field, joined by commas (RFC 9110, section 5.2).
   *
   * @throws IllegalArgumentException if the lines are no such list; the message says where
   */
  static List<Member> parse(List<String> lines) {
    return new QuotaList(String.join(", ", lines)).list();
  }

  private List<Member> list() {
    List<Member> members = new ArrayList<>();
    skip(" ");
    while (at < text.length()) {
      members.add(member());
      skip(" \t");
      if (at == text.length()) {
        return members;
      }
      expect(',');
      skip(" \t");
      if (at == text.length()) {
        throw error("a list must not end with a comma");
      }
    }
    return members;
  }

  private Member member() {
    String name = string();
    Map<String, Long> parameters = new LinkedHashMap<>();
    while (at < text.length() && text.charAt(at) == ';') {
      at++;
      skip(" ");
      String key = key();
      expect('=');
      if (parameters.put(key, integer()) != null) {
        throw error("duplicate parameter " + key);
      }
    }
    return new Member(name, parameters);
  }

  private String string() {
    expect('"');
    StringBuilder string = new StringBuilder();
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"') {
        return string.toString();
      }
      if (c == '\\') {
        c = at < text.length() ? text.charAt(at++) : 0;
        if (c != '"' && c != '\\') {
          throw error("only \" and \\ may follow a \\ in a string");
        }
      } else if (c < ' ' || c > '~') {
        throw error("a string must be printable ASCII");
      }
      string.append(c);
    }
    throw error("a string must end with \"");
  }

  private String key() {
    int start = at;
    while (at < text.length() && isKeyCharacter(text.charAt(at), at == start)) {
      at++;
    }
    if (at == start) {
      throw error("a parameter must begin with a lower-case letter or *");
    }
    return text.substring(start, at);
  }

  private static boolean isKeyCharacter(char c, boolean first) {
    boolean initial = (c >= 'a' && c <= 'z') || c == '*';
    return initial || (!first && ((c >= '0' && c <= '9') || "_-.".indexOf(c) >= 0));
  }

  private long integer() {
    int start = at;
    if (at < text.length() && text.charAt(at) == '-') {
      at++;
    }
    int digits = at;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    if (at == digits || at - digits > MAX_DIGITS) {
      throw error("a value must be an integer of at most 15 digits");
    }
    if (at < text.length() && text.charAt(at) == '.') {
      throw error("a value must be an integer, not a decimal");
    }
    return Long.parseLong(text.substring(start, at));
  }

  private void skip(String characters) {
    while (at < text.length() && characters.indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private void expect(char c) {
    if (at == text.length() || text.charAt(at) != c) {
      throw error("expected " + c);
    }
    at++;
  }

  private IllegalArgumentException error(String problem) {
    return new IllegalArgumentException(problem + ", at character " + at + " of: " + text);
  }
}
