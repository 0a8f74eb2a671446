package io.traffik.memory;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A program that runs out of stack between any two steps of the store's operations. It hits
 * existing keys of several rates. In a stripe at its bound it adds, evicts and removes keys,
 * changes their rates and drops them. Each attempt has a little less stack than the one before.
 */
final class ShortStackHits {

  private static final int STACK = 256 << 10;
  private static final int MORE_THAN_FIT = 100_000;
  private static final int DEPTHS = 60;

  /** Enough hits for the compiler, where there is one. */
  private static final int WARM_UP = 30_000;

  private static final int ROUNDS = 20;
  private static final int BOUND = 64;

  /** The number of exhausted keys in the stripe, which newcomers do not evict. */
  private static final int EXHAUSTED = BOUND / 2;

  private static final Rate RATE = Rate.of(1_000, Policies.YEAR);
  private static final QuotaPolicy ONE = Policies.of("one", RATE);
  private static final QuotaPolicy SLOWER =
      Policies.of("one", Rate.of(1_000, Policies.YEAR.multipliedBy(2)));
  private static final QuotaPolicy TWO = Policies.of("two", RATE, Rate.of(2_000, Policies.YEAR));

  /** Its buckets are full again when the next attempt removes full ones. */
  private static final QuotaPolicy FAST = Policies.of("fast", Rate.perSecond(1_000_000_000));

  /** Keys with full buckets, added before each attempt. */
  private static final int FULL = 4;

  private final Backend backend = InMemoryBackend.create("test");
  private final SplittableRandom random = new SplittableRandom(1);

  /** The tables of one rate that threads without the lock may still see; the last is current. */
  private final List<BucketTable> published = new ArrayList<>();

  private final RateListRegistry lists = new RateListRegistry();
  private final Stripe stripe =
      new Stripe(new KeyBudget(BOUND, 1), lists, System::nanoTime, published::add);

  /** The stripe's evictions at the last check. */
  private long evictions;

  private int overflows;
  private int drops;

  private ShortStackHits() {}

  public static void main(String[] arguments) throws InterruptedException {
    ShortStackHits hits = new ShortStackHits();
    Thread thread = new Thread(null, hits::run, "short stack", STACK);
    thread.start();
    thread.join();
    for (int client = 0; client <= DEPTHS; client++) {
      hits.hitBackend(client);
    }
    for (int i = 0; i < 100 * BOUND; i++) {
      hits.add();
    }
    int used = used(hits.stripe.table(1)) + used(hits.stripe.table(2));
    if (hits.stripe.size() != BOUND || used != BOUND) {
      throw new AssertionError(hits.stripe.size() + " keys in " + used + " slots");
    }
    if (hits.drops == 0) {
      throw new AssertionError("no error damaged the stripe");
    }
    System.out.printf(
        "%d overflows, %d drops: every lost key was counted, and all keys can be hit%n",
        hits.overflows, hits.drops);
  }

  private void run() {
    for (int client = 0; client <= DEPTHS; client++) {
      hitBackend(client);
    }
    exhaust();
    for (int i = EXHAUSTED; i < BOUND; i++) {
      add();
    }
    for (int i = 0; i < WARM_UP; i++) {
      hitBackend(i % DEPTHS);
    }
    for (int round = 0; round < ROUNDS; round++) {
      // In every other round, dropping the keys runs out of stack as well.
      boolean checksEach = round % 2 == 0;
      atAllDepths(this::hitBackend, checksEach);
      atAllDepths(client -> add(), checksEach);
      atAllDepths(this::carryOver, checksEach);
      atAllDepths(client -> stripe.cleanUp(), checksEach);
    }
  }

  private void exhaust() {
    for (int key = 1; key <= EXHAUSTED; key++) {
      decideExhausted(key, Operation.HIT, ONE, RATE.limit());
    }
    evictions = stripe.evictions();
  }

  /** Checks rule M5: a key keeps its debt, or it is lost and counted as an eviction. */
  private void check() {
    // Drops all keys if an error has damaged the stripe.
    stripe.cleanUp();
    int lost = 0;
    for (int key = 1; key <= EXHAUSTED; key++) {
      // Only an absent key has its whole capacity.
      lost += decideExhausted(key, Operation.PEEK, ONE, RATE.capacity()) >= 0 ? 1 : 0;
    }
    long counted = stripe.evictions() - evictions;
    if (lost > counted) {
      throw new AssertionError(lost + " keys lost, but " + counted + " evictions");
    }
    if (lost != 0 && lost != EXHAUSTED) {
      throw new AssertionError(lost + " keys lost of " + EXHAUSTED + ", instead of all or none");
    }
    drops += lost > 0 ? 1 : 0;
    requireRetired();
    requireNotRetired();
    exhaust();
  }

  /** A key in a replaced table could be granted there once more. */
  private void requireRetired() {
    published.removeIf(table -> table == stripe.table(1));
    for (BucketTable table : published) {
      for (int slot = 0; slot < table.slots(); slot++) {
        if (table.word(slot) != Slots.RETIRED) {
          throw new AssertionError("a replaced table still grants key " + table.high(slot));
        }
      }
    }
    published.clear();
    published.add(stripe.table(1));
  }

  /** A retired key in a current table could never be hit again. */
  private void requireNotRetired() {
    for (BucketTable table : stripe.tables) {
      for (int slot = 0; slot < table.slots(); slot++) {
        if (table.isUsed(slot) && table.word(slot) < 0) {
          throw new AssertionError("no operation can hit key " + table.high(slot));
        }
      }
    }
  }

  private void atAllDepths(Attempt attempt, boolean checksEach) {
    int deepest = 0;
    for (int tooDeep = MORE_THAN_FIT; tooDeep - deepest > 1; ) {
      int depth = (deepest + tooDeep) / 2;
      addFull();
      if (isPossibleFrom(depth, attempt, 0)) {
        deepest = depth;
      } else {
        tooDeep = depth;
        check();
      }
    }
    for (int i = 1; i <= DEPTHS; i++) {
      if (checksEach) {
        addFull();
      }
      if (!isPossibleFrom(deepest - DEPTHS / 2 + i, attempt, i) && checksEach) {
        check();
      }
    }
    check();
  }

  private boolean isPossibleFrom(int depth, Attempt attempt, int client) {
    try {
      descend(depth, attempt, client);
      return true;
    } catch (StackOverflowError e) {
      overflows++;
      return false;
    }
  }

  private static int descend(int depth, Attempt attempt, int client) {
    if (depth == 0) {
      attempt.by(client);
      return 0;
    }
    return 1 + descend(depth - 1, attempt, client);
  }

  private static int used(BucketTable table) {
    int used = 0;
    for (int slot = 0; slot < table.slots(); slot++) {
      used += table.isUsed(slot) ? 1 : 0;
    }
    return used;
  }

  private void hitBackend(int client) {
    backend.decide(new BackendCall(Operation.HIT, TWO, "client " + client, "", 1));
  }

  /** Adds keys whose removal makes other keys move. */
  private void addFull() {
    for (int i = 0; i < FULL; i++) {
      decide(random.nextLong() | 1, random.nextLong(), Operation.HIT, FAST, 1);
    }
  }

  /** Changes the rates of an exhausted key. */
  private void carryOver(int client) {
    QuotaPolicy policy = client % 3 == 0 ? TWO : client % 3 == 1 ? SLOWER : ONE;
    decideExhausted(1 + client % EXHAUSTED, Operation.HIT, policy, 1);
  }

  private long decideExhausted(int key, Operation operation, QuotaPolicy policy, long cost) {
    long fingerprint = FingerprintCalls.spread(key);
    return decide(fingerprint, fingerprint, operation, policy, cost);
  }

  private long decide(long high, long low, Operation operation, QuotaPolicy policy, long cost) {
    return FingerprintCalls.decide(stripe, lists, high, low, operation, policy, cost);
  }

  /** Adds a key of one rate, and changes every other one to two rates. */
  private void add() {
    long high = random.nextLong() | 1;
    long low = random.nextLong();
    decide(high, low, Operation.HIT, ONE, 1);
    if (random.nextBoolean()) {
      decide(high, low, Operation.HIT, TWO, 1);
    }
  }

  private interface Attempt {
    void by(int client);
  }
}
