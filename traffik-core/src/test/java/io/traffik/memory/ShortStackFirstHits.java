package io.traffik.memory;

import io.traffik.ConnectionView;
import io.traffik.Identity;
import io.traffik.Throttle;

/**
 * A program whose first hits run out of stack, the first ones at once and later ones after a few
 * more calls. A later hit must not depend on a class whose initialisation failed then.
 */
final class ShortStackFirstHits {

  private static final int STACK = 256 << 10;
  private static final int MORE_THAN_FIT = 100_000;
  private static final int HITS = 400;
  private static final ConnectionView CLIENT = ConnectionView.of(Identity.of("client"));

  private final Throttle throttle =
      Throttle.builder("api")
          .rate("100/s")
          .rate("1000/h")
          .backend(InMemoryBackend.create("test"))
          .build();
  private int overflows;
  private int granted;

  private ShortStackFirstHits() {}

  public static void main(String[] arguments) throws InterruptedException {
    ShortStackFirstHits hits = new ShortStackFirstHits();
    Thread thread = new Thread(null, () -> hits.descend(MORE_THAN_FIT), "short stack", STACK);
    thread.start();
    thread.join();
    hits.throttle.hit(CLIENT);
    if (hits.overflows == 0 || hits.granted == 0) {
      throw new AssertionError(hits.overflows + " overflows, " + hits.granted + " hits");
    }
    System.out.println("every class can be used");
  }

  /** Hits from each frame of an overflowing stack, the deepest first. */
  private void descend(int depth) {
    try {
      if (depth > 0) {
        descend(depth - 1);
      }
    } catch (StackOverflowError e) {
      overflows++;
    }
    if (granted < HITS) {
      throttle.hit(CLIENT);
      granted++;
    }
  }
}
