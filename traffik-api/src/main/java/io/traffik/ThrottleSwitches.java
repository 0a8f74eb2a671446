package io.traffik;

import java.util.concurrent.atomic.AtomicInteger;

/** The switches of a throttle, together with those of its registry (rule T11). Thread-safe. */
final class ThrottleSwitches {

  /** Who has thrown a switch. */
  enum Owner {
    THROTTLE(1, 2),
    REGISTRY(4, 8);

    private final int shadow;
    private final int off;

    Owner(int shadow, int off) {
      this.shadow = shadow;
      this.off = off;
    }
  }

  private static final int ANY_SHADOW = 1 | 4;
  private static final int ANY_OFF = 2 | 8;

  private final AtomicInteger bits = new AtomicInteger();

  boolean isOff() {
    return (bits.get() & ANY_OFF) != 0;
  }

  boolean isShadow() {
    return (bits.get() & ANY_SHADOW) != 0;
  }

  void enable(Owner owner, boolean enabled) {
    set(owner.off, !enabled);
  }

  void shadow(Owner owner, boolean shadow) {
    set(owner.shadow, shadow);
  }

  private void set(int bit, boolean on) {
    bits.updateAndGet(before -> on ? before | bit : before & ~bit);
  }
}
