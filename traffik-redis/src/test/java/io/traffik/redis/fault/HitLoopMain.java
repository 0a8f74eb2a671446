package io.traffik.redis.fault;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The main class of a JVM that hits one client's bucket with four threads. It prints {@code ready},
 * starts when it reads a line, stops when it reads another, and prints the granted hits.
 */
final class HitLoopMain {

  /** Long enough for a busy machine: the tokens of a late call would be missing from the sum. */
  static final Duration DEADLINE = Duration.ofSeconds(10);

  private static final int THREADS = 4;

  private static volatile boolean stopped;

  private HitLoopMain() {}

  /** Arguments: client, URI, namespace, rate and capacity. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    QuotaPolicy policy =
        QuotaPolicy.of(
            "api", List.of(Rate.parse(arguments[3]).withCapacity(Long.parseLong(arguments[4]))));
    AtomicLong granted = new AtomicLong();
    try (Backend backend =
        ClientLibrary.valueOf(arguments[0]).standalone(arguments[1], arguments[2], DEADLINE)) {
      backend.open();
      System.out.println("ready " + System.currentTimeMillis());
      commands.readLine();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        Thread thread = new Thread(() -> hit(backend, policy, granted));
        thread.start();
        threads.add(thread);
      }
      commands.readLine();
      stopped = true;
      for (Thread thread : threads) {
        thread.join();
      }
    }
    System.out.println("granted " + granted);
  }

  private static void hit(Backend backend, QuotaPolicy policy, AtomicLong granted) {
    while (!stopped) {
      if (backend.decide(new BackendCall(Operation.HIT, policy, "client", "", 1))[0] >= 0) {
        granted.incrementAndGet();
      }
    }
  }
}
