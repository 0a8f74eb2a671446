package io.traffik.spi;

import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A timer for short actions. Its daemon thread starts on demand, and ends a second after the last
 * action. The timer of the JDK ({@code completeOnTimeout}) never ends. On JDK 17 it keeps the
 * context class loader of its first user, so that a server could not unload this application.
 *
 * <p>Thread-safe. No parameter may be null.
 */
public final class DaemonTimer {

  private static final ScheduledThreadPoolExecutor TIMER = timer();

  private DaemonTimer() {}

  private static ScheduledThreadPoolExecutor timer() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(1, DaemonThreads.named("traffik-timer-"));
    timer.setRemoveOnCancelPolicy(true);
    timer.setKeepAliveTime(DaemonExecutor.IDLE_SECONDS, TimeUnit.SECONDS);
    timer.allowCoreThreadTimeOut(true);
    return timer;
  }

  /**
   * Runs an action on the timer's thread after a delay.
   *
   * @param delayNanos the delay in nanoseconds; zero or less means at once
   * @param action must be short, because all users of the process share this thread
   * @return cancels the action
   */
  public static Future<?> schedule(long delayNanos, Runnable action) {
    return TIMER.schedule(action, delayNanos, TimeUnit.NANOSECONDS);
  }

  /**
   * Runs an action on an executor after a delay. If the executor rejects the action, it runs on the
   * timer's thread: a late action is better than a lost one.
   *
   * @param delayNanos the delay in nanoseconds; zero or less means at once
   * @param executor runs the action
   * @param action the action
   * @return cancels the action, unless the executor has already received it
   */
  public static Future<?> schedule(long delayNanos, Executor executor, Runnable action) {
    return schedule(delayNanos, () -> executeOrRun(executor, action));
  }

  /**
   * Runs an action on an executor, or on this thread if the executor throws.
   *
   * @param executor runs the action
   * @param action the action
   */
  public static void executeOrRun(Executor executor, Runnable action) {
    try {
      executor.execute(action);
    } catch (Throwable t) {
      // For example, no thread can be started.
      action.run();
    }
  }
}
