package io.traffik.tck.backend;

import java.util.List;
import java.util.Locale;

/** Namespaces that a store with faulty escaping would confuse. */
final class SimilarNamespaces {

  private SimilarNamespaces() {}

  /**
   * Returns namespaces that resemble each other by prefix, separator, case or pattern.
   *
   * @param name a name that starts with a letter and ends with a digit
   */
  static List<String> alike(String name) {
    String head = name.substring(0, name.length() - 1);
    String tail = name.substring(1);
    return List.of(
        name,
        name + "X",
        name + ":",
        name + ":X",
        "X" + name,
        head,
        name.toUpperCase(Locale.ROOT),
        name + "*",
        "*" + tail,
        "?" + tail,
        "[" + name.charAt(0) + "]" + tail,
        head + "?",
        name + ".*",
        name + "%",
        head + "_",
        "{" + name + "}",
        name + "{X}",
        name + "\\");
  }
}
