package io.traffik.jmh.check;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Measures the WebSocket messages per second of two servers with and without a throttle, on the
 * loopback interface:
 *
 * <pre>
 * java -cp benchmarks.jar io.traffik.jmh.check.SocketCheck [results.json]
 * </pre>
 *
 * <p>Runs with and without a throttle alternate, and each pair yields a ratio. The exit status is 1
 * if the median of the ratios is below {@value #TARGET}.
 */
public final class SocketCheck {

  static final double TARGET = 0.95;

  /** Many short rounds, because their median varies less than that of a few long ones. */
  private static final int ROUNDS = 81;

  private static final int BATCHES = 300;
  private static final int WARM_UP = 30;

  /** Messages per second of one server, and the median of the ratios. */
  record Result(double plain, double throttled, double ratio) {

    static Result of(double[] plain, double[] throttled) {
      double[] ratios = new double[plain.length];
      Arrays.setAll(ratios, n -> throttled[n] / plain[n]);
      return new Result(median(plain), median(throttled), median(ratios));
    }

    boolean meetsTarget() {
      return ratio >= TARGET;
    }

    private static double median(double[] values) {
      double[] sorted = values.clone();
      Arrays.sort(sorted);
      int middle = sorted.length / 2;
      return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
  }

  private SocketCheck() {}

  /**
   * Runs the check, prints the results and writes them.
   *
   * @param arguments optionally the file to write
   */
  public static void main(String[] arguments) throws Exception {
    Map<String, Result> results = new LinkedHashMap<>();
    boolean met = true;
    for (EchoServer.Kind kind : EchoServer.Kind.values()) {
      Result result = measure(kind, ROUNDS, BATCHES);
      results.put(kind.label, result);
      met &= result.meetsTarget();
      System.out.println(summary(kind.label, result));
    }
    if (arguments.length > 0) {
      new ObjectMapper().writeValue(Path.of(arguments[0]).toFile(), results);
    }
    System.exit(met ? 0 : 1);
  }

  static String summary(String server, Result result) {
    return String.format(
        Locale.ROOT,
        "%-15s %,9.0f messages/s without a throttle, %,9.0f with one: %.3f (target %.2f, %s)",
        server,
        result.plain,
        result.throttled,
        result.ratio,
        TARGET,
        result.meetsTarget() ? "met" : "missed");
  }

  static Result measure(EchoServer.Kind kind, int rounds, int batches) throws Exception {
    double[] plain = new double[rounds];
    double[] throttled = new double[rounds];
    try (EchoServer without = EchoServer.start(kind, false);
        EchoServer with = EchoServer.start(kind, true)) {
      for (int n = -Math.min(WARM_UP, rounds); n < rounds; n++) {
        // The order alternates, because the second run of a pair benefits from the first.
        boolean plainFirst = n % 2 == 0;
        double first = run(plainFirst ? without : with, batches);
        double second = run(plainFirst ? with : without, batches);
        if (n >= 0) {
          plain[n] = plainFirst ? first : second;
          throttled[n] = plainFirst ? second : first;
        }
      }
    }
    return Result.of(plain, throttled);
  }

  private static double run(EchoServer server, int batches) throws IOException {
    try (EchoClient client = new EchoClient(server.port())) {
      return client.run(batches);
    }
  }
}
