package io.traffik.jmh.report;

import io.traffik.jmh.contender.Contenders;
import java.util.Map;

/** The colours of the contenders in all charts; baselines are grey or ochre. */
final class ChartPalette {

  private static final Map<String, String> COLOURS =
      Map.of(
          Contenders.TRAFFIK, "#c8102e",
          Contenders.OPEN_ADDRESSING, "#444444",
          Contenders.KEYED_OPEN_ADDRESSING, "#8a8a8a",
          Contenders.CONCURRENT_HASH_MAP, "#b5a642",
          Contenders.BUCKET4J_MAP, "#6baed6",
          Contenders.BUCKET4J_CAFFEINE, "#1f6fb4",
          Contenders.BUCKET4J_PROXY, "#08306b",
          Contenders.GUAVA, "#2a9d4a",
          Contenders.RESILIENCE4J, "#8e44ad",
          Contenders.FAILSAFE, "#e67e22");

  private ChartPalette() {}

  static String colour(String contender) {
    return COLOURS.getOrDefault(contender, "#000000");
  }

  static boolean isBaseline(String contender) {
    return contender.endsWith("Baseline");
  }
}
