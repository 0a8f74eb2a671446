package io.traffik.jmh;

import java.util.Map;

/** The colours of the contenders in all plots. Traffik stands out; references are grey. */
final class Palette {

  private static final Map<String, String> COLOURS =
      Map.of(
          Contenders.TRAFFIK, "#c8102e",
          Contenders.KERNEL, "#444444",
          Contenders.KEYED_KERNEL, "#8a8a8a",
          Contenders.MAP_REFERENCE, "#b5a642",
          Contenders.BUCKET4J_MAP, "#6baed6",
          Contenders.BUCKET4J_CAFFEINE, "#1f6fb4",
          Contenders.BUCKET4J_PROXY, "#08306b",
          Contenders.GUAVA, "#2a9d4a",
          Contenders.RESILIENCE4J, "#8e44ad",
          Contenders.FAILSAFE, "#e67e22");

  private Palette() {}

  static String colour(String contender) {
    return COLOURS.getOrDefault(contender, "#000000");
  }

  static boolean isReference(String contender) {
    return contender.endsWith("Reference");
  }
}
