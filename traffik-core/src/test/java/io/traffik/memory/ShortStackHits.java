package io.traffik.memory;

import io.traffik.Backend;
import io.traffik.Operation;
import io.traffik.QuotaPolicy;
import io.traffik.Rate;

/** Hits keys of several rates where the stack ends, with a little more of it each time. */
final class ShortStackHits {

  private static final int STACK = 256 << 10;
  private static final int MORE_THAN_FIT = 100_000;
  private static final int DEPTHS = 60;

  private static final QuotaPolicy POLICY =
      Policies.of("api", Rate.of(1_000, Policies.YEAR), Rate.of(2_000, Policies.YEAR));

  private final Backend backend = InMemoryBackend.create("test");
  private int overflows;

  private ShortStackHits() {}

  public static void main(String[] arguments) throws InterruptedException {
    ShortStackHits hits = new ShortStackHits();
    Thread thread = new Thread(null, hits::run, "short stack", STACK);
    thread.start();
    thread.join();
    for (int client = 0; client <= DEPTHS; client++) {
      hits.hit(client);
    }
    System.out.println(hits.overflows + " hits ended half way, and all keys can be hit");
  }

  private void run() {
    for (int client = 0; client <= DEPTHS; client++) {
      hit(client);
    }
    int deepest = 0;
    for (int tooDeep = MORE_THAN_FIT; tooDeep - deepest > 1; ) {
      int depth = (deepest + tooDeep) / 2;
      if (isHitFrom(depth, 0)) {
        deepest = depth;
      } else {
        tooDeep = depth;
      }
    }
    for (int i = 1; i <= DEPTHS; i++) {
      isHitFrom(deepest - DEPTHS / 2 + i, i);
    }
  }

  private boolean isHitFrom(int depth, int client) {
    try {
      descend(depth, client);
      return true;
    } catch (StackOverflowError e) {
      overflows++;
      return false;
    }
  }

  private int descend(int depth, int client) {
    if (depth == 0) {
      hit(client);
      return 0;
    }
    return 1 + descend(depth - 1, client);
  }

  private void hit(int client) {
    backend.decide(Operation.HIT, POLICY, "client " + client, "", 1);
  }
}
