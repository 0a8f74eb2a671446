package io.traffik.attack.scenario;

import io.traffik.attack.load.RedisFaults;
import io.traffik.attack.server.ServerState;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * The server under attack, as an attack sees it.
 *
 * @param requests where it accepts requests
 * @param sockets where it accepts WebSockets
 * @param throttled whether it has throttles
 * @param redis delays its Redis
 * @param states reports its state
 */
public record AttackTarget(
    InetSocketAddress requests,
    InetSocketAddress sockets,
    boolean throttled,
    RedisFaults redis,
    StateSource states) {

  private static final long SHORT_POLL_MILLIS = 5;
  private static final long POLL_MILLIS = 100;
  private static final int QUIET_POLLS = 4;
  private static final long MAX_WAIT_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** Reports the state of a server. */
  @FunctionalInterface
  public interface StateSource {

    /**
     * Returns the state of the server.
     *
     * @throws IOException if the server has ended
     */
    ServerState state() throws IOException;
  }

  /** Waits until a number of messages of a client have reached handlers, at most five seconds. */
  void awaitHandled(String path, InetAddress client, long messages)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + MAX_WAIT_NANOS;
    while (states.state().handled(path, client) < messages && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(SHORT_POLL_MILLIS);
    }
  }

  /** Waits until handlers are called no more, for at most five seconds, and returns the state. */
  ServerState awaitQuiet() throws IOException, InterruptedException {
    long end = System.nanoTime() + MAX_WAIT_NANOS;
    ServerState last = states.state();
    int quiet = 0;
    while (quiet < QUIET_POLLS && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      ServerState next = states.state();
      quiet = next.handledInAll() == last.handledInAll() ? quiet + 1 : 0;
      last = next;
    }
    return last;
  }
}
