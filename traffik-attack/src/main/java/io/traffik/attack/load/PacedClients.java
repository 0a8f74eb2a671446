package io.traffik.attack.load;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Clients that send at a fixed interval and time each answer, each on a thread of its own. */
public final class PacedClients implements AutoCloseable {

  private final List<PacedClient> clients = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  private PacedClients() {}

  /**
   * Starts clients.
   *
   * @param exchanges the connections, which {@link #stop} closes
   * @param interval the time between two messages of a client
   * @param maxMessages the messages of a client
   */
  public static PacedClients start(
      List<BlockingClient> exchanges, Duration interval, long maxMessages) {
    PacedClients started = new PacedClients();
    for (BlockingClient exchange : exchanges) {
      PacedClient client = new PacedClient(exchange, interval.toNanos(), maxMessages);
      Thread thread = new Thread(client, "paced-client-" + started.threads.size());
      thread.setDaemon(true);
      started.clients.add(client);
      started.threads.add(thread);
    }
    started.threads.forEach(Thread::start);
    return started;
  }

  /** Waits until all messages are sent and answered. */
  public PacedClients join() throws InterruptedException {
    for (Thread thread : threads) {
      thread.join();
    }
    return this;
  }

  /** Lets the clients receive their last answers, closes them, and returns what they received. */
  public ClientAnswers stop() throws InterruptedException {
    clients.forEach(PacedClient::stop);
    join();
    close();
    return ClientAnswers.of(clients.stream().map(PacedClient::answers).toList());
  }

  @Override
  public void close() {
    clients.forEach(PacedClient::stop);
    clients.forEach(PacedClient::close);
  }

  /** One of the clients. Its answers are read after its thread has ended. */
  private static final class PacedClient implements Runnable {

    private final Exchange exchange;
    private final long intervalNanos;
    private final long maxMessages;
    private final StatusCounts statuses = new StatusCounts();
    private final List<Long> nanos = new ArrayList<>();
    private long unanswered;
    private volatile boolean stopped;

    PacedClient(Exchange exchange, long intervalNanos, long maxMessages) {
      this.exchange = exchange;
      this.intervalNanos = intervalNanos;
      this.maxMessages = maxMessages;
    }

    @Override
    public void run() {
      // Times count from the planned start, so that a wait is part of those of later messages.
      long planned = System.nanoTime();
      try {
        for (long n = 0; n < maxMessages && !stopped; n++) {
          sleepUntil(planned);
          statuses.add(exchange.exchange());
          nanos.add(System.nanoTime() - planned);
          planned += intervalNanos;
        }
      } catch (IOException e) {
        unanswered++;
        nanos.add(System.nanoTime() - planned);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private static void sleepUntil(long planned) throws InterruptedException {
      TimeUnit.NANOSECONDS.sleep(planned - System.nanoTime());
    }

    void stop() {
      stopped = true;
    }

    void close() {
      try {
        exchange.close();
      } catch (IOException e) {
        // The connection has ended already.
      }
    }

    ClientAnswers answers() {
      return new ClientAnswers(statuses, unanswered, nanos);
    }
  }
}
