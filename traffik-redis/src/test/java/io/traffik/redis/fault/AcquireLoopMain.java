package io.traffik.redis.fault;

import io.traffik.Backend;
import io.traffik.Charge;
import io.traffik.Identity;
import io.traffik.Throttle;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The main class of a JVM that acquires tokens without blocking, one call after the other. It
 * prints {@code ready}, starts when it reads a line, and prints for each call, in the order in
 * which they proceed, its number and the time in milliseconds.
 */
final class AcquireLoopMain {

  static final String RATE = "5/s (capacity 1)";
  static final int CALLS = 20;

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private AcquireLoopMain() {}

  /** Arguments: client, URI, namespace. */
  public static void main(String[] arguments) throws IOException {
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    Queue<String> proceeded = new ConcurrentLinkedQueue<>();
    try (Backend backend =
        ClientLibrary.valueOf(arguments[0])
            .standalone(arguments[1], arguments[2], HitLoopMain.DEADLINE)) {
      backend.open();
      Throttle throttle =
          Throttle.builder("api").rate(RATE).maxWait(PATIENCE).backend(backend).build();
      System.out.println("ready");
      commands.readLine();
      List<CompletableFuture<?>> calls = new ArrayList<>();
      for (int i = 0; i < CALLS; i++) {
        int number = i;
        CompletableFuture<Charge> call = throttle.acquireAsync(Identity.of("app"), PATIENCE);
        calls.add(
            call.thenAccept(charge -> proceeded.add(number + ":" + System.currentTimeMillis())));
      }
      calls.forEach(CompletableFuture::join);
    }
    System.out.println("proceeded " + String.join(" ", proceeded));
  }
}
