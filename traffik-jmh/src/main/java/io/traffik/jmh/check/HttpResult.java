package io.traffik.jmh.check;

import io.traffik.jmh.check.HelloServer.Variant;
import io.traffik.jmh.workload.GroupedNumber;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What {@link HttpCheck} measured on one server.
 *
 * @param plain requests per second without a throttle, the median of the runs
 * @param allowed a throttle allows all requests
 * @param denied a throttle denies all requests
 * @param allowedByHand no throttle, but the header fields of {@code allowed}
 * @param deniedByHand no throttle, but the response of {@code denied}
 */
public record HttpResult(
    double plain,
    Comparison allowed,
    Comparison denied,
    Comparison allowedByHand,
    Comparison deniedByHand) {

  public static final double ALLOWED_TARGET = 0.98;
  public static final double DENIED_TARGET = 0.95;

  /**
   * One run of a variant.
   *
   * @param rate requests per second
   * @param bytes allocated bytes per request
   */
  record Run(double rate, double bytes) {}

  /**
   * A variant in comparison with the server without a throttle.
   *
   * @param ratio the throughput divided by that without a throttle, the median of the runs
   * @param lowest the lowest ratio
   * @param highest the highest ratio
   * @param addedBytes the bytes that a request allocates in addition, the median; may be negative
   */
  public record Comparison(double ratio, double lowest, double highest, double addedBytes) {

    static Comparison of(List<Run> plain, List<Run> variant) {
      double[] ratios = new double[plain.size()];
      double[] bytes = new double[plain.size()];
      Arrays.setAll(ratios, n -> variant.get(n).rate / plain.get(n).rate);
      Arrays.setAll(bytes, n -> variant.get(n).bytes - plain.get(n).bytes);
      Arrays.sort(ratios);
      Arrays.sort(bytes);
      return new Comparison(median(ratios), ratios[0], ratios[ratios.length - 1], median(bytes));
    }

    private String line(String variant) {
      return String.format(
          Locale.ROOT,
          "%n  %-16s %.3f of it (%.3f to %.3f), %+.0f B per request",
          variant,
          ratio,
          lowest,
          highest,
          addedBytes);
    }
  }

  /**
   * @param runs the runs of all variants, equally many of each
   */
  static HttpResult of(Map<Variant, List<Run>> runs) {
    return new HttpResult(
        median(runs(runs, Variant.PLAIN).stream().mapToDouble(Run::rate).sorted().toArray()),
        comparison(runs, Variant.ALLOWED),
        comparison(runs, Variant.DENIED),
        comparison(runs, Variant.ALLOWED_BY_HAND),
        comparison(runs, Variant.DENIED_BY_HAND));
  }

  private static Comparison comparison(Map<Variant, List<Run>> runs, Variant variant) {
    return Comparison.of(runs(runs, Variant.PLAIN), runs(runs, variant));
  }

  private static List<Run> runs(Map<Variant, List<Run>> runs, Variant variant) {
    return runs.getOrDefault(variant, List.of());
  }

  private static double median(double[] sorted) {
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  boolean meetsTargets() {
    return allowed.ratio >= ALLOWED_TARGET && denied.ratio >= DENIED_TARGET;
  }

  String summary(String server) {
    return String.format(
        Locale.ROOT,
        "%s: %s requests/s without a throttle%s%s%s%s%n  targets: allowed %.2f, denied %.2f: %s",
        server,
        GroupedNumber.of(Math.round(plain)),
        allowed.line("allowed"),
        allowedByHand.line("the same by hand"),
        denied.line("denied"),
        deniedByHand.line("the same by hand"),
        ALLOWED_TARGET,
        DENIED_TARGET,
        meetsTargets() ? "met" : "missed");
  }
}
