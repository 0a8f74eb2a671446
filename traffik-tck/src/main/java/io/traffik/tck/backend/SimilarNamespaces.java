package io.traffik.tck.backend;

import java.util.List;
import java.util.Locale;

/** Names of namespaces that a careless store would take for each other. */
final class SimilarNamespaces {

  private SimilarNamespaces() {}

  /**
   * Names like one, each of which is or matches another by prefix, separator, case or pattern.
   *
   * @param name begins with a letter and holds a digit at its end
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
