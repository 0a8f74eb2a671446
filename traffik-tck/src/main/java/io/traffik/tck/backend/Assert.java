package io.traffik.tck.backend;

import java.util.function.Supplier;
import org.junit.jupiter.api.Assertions;

/** Assertions whose failure messages are whole sentences. */
final class Assert {

  private Assert() {}

  static void that(boolean holds, Supplier<String> message) {
    if (!holds) {
      Assertions.fail(message.get());
    }
  }

  static void granted(boolean granted, String what) {
    that(granted, () -> what + " must be granted, but was denied");
  }

  static void denied(boolean granted, String what) {
    that(!granted, () -> what + " must be denied, but was granted");
  }
}
