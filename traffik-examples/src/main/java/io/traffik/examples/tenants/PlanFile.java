package io.traffik.examples.tenants;

import io.traffik.ConfigurationException;
import io.traffik.Rates;
import java.io.IOException;
import java.io.StringReader;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The rates of plans, from a file that is watched. Each line is a plan: {@code premium = 1000/min,
 * 50000/day}. If the file becomes invalid, the last valid rates stay. Thread-safe.
 */
final class PlanFile implements AutoCloseable {

  private static final Logger LOGGER = System.getLogger(PlanFile.class.getName());
  private static final long CHECK_MILLIS = 250;

  private final Path file;
  private final ScheduledExecutorService watcher =
      Executors.newSingleThreadScheduledExecutor(task -> daemon(task));
  private volatile Map<String, Rates> plans;

  /** The last text that was read; accessed by one thread at a time. */
  private String text;

  /**
   * Reads a file and watches it from now on.
   *
   * @throws ConfigurationException if a rate is invalid
   * @throws IOException if the file cannot be read
   */
  PlanFile(Path file) throws IOException {
    this.file = file;
    this.text = Files.readString(file);
    this.plans = parse(text);
    // A comparison of the text also notices files that are replaced, as those of Kubernetes are.
    var unused =
        watcher.scheduleWithFixedDelay(
            this::reload, CHECK_MILLIS, CHECK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "plan-file");
    thread.setDaemon(true);
    return thread;
  }

  private void reload() {
    try {
      String read = Files.readString(file);
      if (!read.equals(text)) {
        text = read;
        plans = parse(read);
        LOGGER.log(Level.INFO, "The plans are now " + plans);
      }
    } catch (IOException | RuntimeException e) {
      LOGGER.log(Level.WARNING, "The plans stay as they are: " + e.getMessage());
    }
  }

  private Map<String, Rates> parse(String read) throws IOException {
    Properties lines = new Properties();
    lines.load(new StringReader(read));
    Map<String, Rates> parsed = new HashMap<>();
    for (String plan : lines.stringPropertyNames()) {
      try {
        parsed.put(plan, Rates.of(lines.getProperty(plan).split("\\s*,\\s*")));
      } catch (ConfigurationException e) {
        throw new ConfigurationException(
            "Plan \"" + plan + "\" in " + file + ": " + e.getMessage(), e);
      }
    }
    return Map.copyOf(parsed);
  }

  /** Returns the rates of a plan; null if the file does not name it. */
  @Nullable Rates ratesOf(String plan) {
    return plans.get(plan);
  }

  @Override
  public void close() {
    watcher.shutdownNow();
  }
}
