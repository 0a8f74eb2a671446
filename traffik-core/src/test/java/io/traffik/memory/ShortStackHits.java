package io.traffik.memory;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.QuotaPolicy;
import java.util.SplittableRandom;

/**
 * Hits known keys of several rates, and adds keys to a stripe at its bound, where the stack ends,
 * with a little more of it each time.
 */
final class ShortStackHits {

  private static final int STACK = 256 << 10;
  private static final int MORE_THAN_FIT = 100_000;
  private static final int DEPTHS = 60;

  /** Hits until they are compiled, if anything is. */
  private static final int WARM_UP = 30_000;

  private static final int ROUNDS = 20;
  private static final int BOUND = 64;

  /** Keys of the stripe that have nothing left, and so do not give way. */
  private static final int DRAINED = BOUND / 2;

  private static final Rate RATE = Rate.of(1_000, Policies.YEAR);
  private static final QuotaPolicy ONE = Policies.of("one", RATE);
  private static final QuotaPolicy TWO = Policies.of("two", RATE, Rate.of(2_000, Policies.YEAR));

  private final Backend backend = InMemoryBackend.create("test");
  private final SplittableRandom random = new SplittableRandom(1);
  private BucketTable table = BucketTable.EMPTY;
  private final Stripe stripe =
      new Stripe(new KeyBudget(BOUND, 1), System::nanoTime, shown -> table = shown);

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
    for (int i = 0; i < 100 * BOUND; i++) {
      hits.add();
    }
    if (hits.table.live() != BOUND || used(hits.table) != BOUND) {
      throw new AssertionError(hits.table.live() + " keys in " + used(hits.table) + " slots");
    }
    System.out.println(
        hits.overflows + " hits ended half way, no debt was lost, and all keys can be hit");
  }

  private void run() {
    for (int client = 0; client <= DEPTHS; client++) {
      hit(client);
    }
    for (int key = 1; key <= DRAINED; key++) {
      stripe.decide(key, key, Operation.HIT, ONE, RATE.limit());
    }
    for (int i = DRAINED; i < BOUND; i++) {
      add();
    }
    for (int i = 0; i < WARM_UP; i++) {
      hit(i % DEPTHS);
    }
    for (int round = 0; round < ROUNDS; round++) {
      atAllDepths(this::hit);
      atAllDepths(client -> add());
    }
  }

  /** An error costs no key that was only moved. */
  private void requireDebts() {
    int[] copies = new int[DRAINED + 1];
    for (BucketTable each : stripe.allTables()) {
      for (int slot = 0; slot < each.slots(); slot++) {
        long key = each.high(slot);
        if (key >= 1 && key <= DRAINED && each.low(slot) == key) {
          copies[(int) key] += each.state(slot, each.tag(slot)) > System.nanoTime() ? 1 : 0;
        }
      }
    }
    for (int key = 1; key <= DRAINED; key++) {
      if (copies[key] != 1) {
        throw new AssertionError(copies[key] + " copies of debt " + key);
      }
    }
  }

  private void atAllDepths(Hit hit) {
    int deepest = 0;
    for (int tooDeep = MORE_THAN_FIT; tooDeep - deepest > 1; ) {
      int depth = (deepest + tooDeep) / 2;
      if (isHitFrom(depth, hit, 0)) {
        deepest = depth;
      } else {
        tooDeep = depth;
      }
    }
    for (int i = 1; i <= DEPTHS; i++) {
      isHitFrom(deepest - DEPTHS / 2 + i, hit, i);
    }
  }

  private boolean isHitFrom(int depth, Hit hit, int client) {
    try {
      descend(depth, hit, client);
      return true;
    } catch (StackOverflowError e) {
      overflows++;
      requireDebts();
      return false;
    }
  }

  private static int descend(int depth, Hit hit, int client) {
    if (depth == 0) {
      hit.by(client);
      return 0;
    }
    return 1 + descend(depth - 1, hit, client);
  }

  private static int used(BucketTable table) {
    int used = 0;
    for (int slot = 0; slot < table.slots(); slot++) {
      used += table.isUsed(slot) ? 1 : 0;
    }
    return used;
  }

  private void hit(int client) {
    backend.decide(Operation.HIT, TWO, "client " + client, "", 1);
  }

  private void add() {
    stripe.decide(random.nextLong() | 1, random.nextLong(), Operation.HIT, ONE, 1);
  }

  private interface Hit {
    void by(int client);
  }
}
